import { messageOf } from '../errors';
import { expireInstallation, type InstallationExpiry } from './expire';
import type { Installation } from './installation';
import { replicateVaults, type VaultReplications } from './replicate-vaults';

/** What an hourly pass did. */
export type HourlyOutcome = InstallationExpiry & { replications: VaultReplications | { failed: string } };

/**
 * What is done every hour: replication rules catch up with what no event told of, then the backups go whose time is over. A
 * replication that fails keeps nothing from expiring.
 */
export async function hourly(installation: Installation): Promise<HourlyOutcome> {
  let replications: HourlyOutcome['replications'];
  try {
    replications = await replicateVaults(installation);
  } catch (error) {
    replications = { failed: messageOf(error) };
    installation.log.error('The replications could not be looked at', { error: messageOf(error) });
  }
  return { ...(await expireInstallation(installation)), replications };
}
