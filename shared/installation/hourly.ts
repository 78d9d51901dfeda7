import { messageOf } from '../errors';
import { expireInstallation, type InstallationExpiry } from './expire';
import { exportState, type StateExports } from './export-state';
import type { Installation } from './installation';
import { replicateVaults, type VaultReplications } from './replicate-vaults';

/** What an hourly pass did. */
export type HourlyOutcome = InstallationExpiry & {
  replications: VaultReplications | { failed: string };
  exports: StateExports | { failed: string };
};

/**
 * What is done every hour: replication rules catch up with what no event told of, the state is exported to the vaults once a
 * day, then the backups go whose time is over. What fails keeps nothing from expiring.
 */
export async function hourly(installation: Installation): Promise<HourlyOutcome> {
  let replications: HourlyOutcome['replications'];
  try {
    replications = await replicateVaults(installation);
  } catch (error) {
    replications = { failed: messageOf(error) };
    installation.log.error('The replications could not be looked at', { error: messageOf(error) });
  }
  let exports: HourlyOutcome['exports'];
  try {
    exports = await exportState(installation);
  } catch (error) {
    exports = { failed: messageOf(error) };
    installation.log.error('The state could not be exported', { error: messageOf(error) });
  }
  return { ...(await expireInstallation(installation)), replications, exports };
}
