import { type Taken, watchTaken } from '../../operations/notifications/watch-taken';
import { cleanTurns } from '../../operations/replication/clean-turns';
import { cleanAskedRuns } from '../../formats/state/run/asked-runs';
import { cleanIdempotentCalls } from '../../formats/state/idempotent-calls';
import { cleanLeftOut } from '../../formats/state/left-out';
import { attempt } from '../attempt';
import { expireInstallation, type InstallationExpiry } from './expire';
import { exportState, type StateExports } from '../state/export-state';
import { type Installation, notificationContext } from '../installation';
import { watchManifests } from './watch-manifests';
import { type RetriedCopies, retryCopies } from '../runs/retry-copies';
import { replicateVaults, type VaultReplications } from '../replications/replicate-vaults';

/** What an hourly pass did. */
export type HourlyOutcome = InstallationExpiry & {
  replications: VaultReplications | { failed: string };
  exports: StateExports | { failed: string };
  copies: RetriedCopies | { failed: string };
};

/**
 * What is done every hour: replication rules catch up with what no event told of, the state is exported to the vaults once a
 * day, copies that failed are asked for again, then the backups go whose time is over. What fails keeps nothing from expiring.
 */
export async function hourly(installation: Installation): Promise<HourlyOutcome> {
  const { state, log } = installation;
  const replications = await attempt(log, 'The replications', () => replicateVaults(installation));
  await attempt(log, 'The names that others have', () =>
    watchTaken(notificationContext(installation), takenIn(replications)),
  );
  await attempt(log, 'Old turns of replications', async () =>
    cleanTurns(state.store, await state.replications.list()),
  );
  await attempt(log, 'Old records of slots that were left out', () => cleanLeftOut(state.store));
  await attempt(log, 'What vanished from the state', () => watchManifests(installation));
  const exports = await attempt(log, 'What is exported of the state', () => exportState(installation));
  const copies = await attempt(log, 'The copies', () => retryCopies(installation));
  await attempt(log, 'What calls of the HTTP API left', async () => {
    await cleanIdempotentCalls(state.store);
    await cleanAskedRuns(state.store);
  });
  return { ...(await expireInstallation(installation)), replications, exports, copies };
}

/** Restores of rules whose names others have; the next tick delivers what is posted of them. */
function takenIn(replications: HourlyOutcome['replications']): Taken[] {
  return Object.values(replications)
    .flatMap((rules) => (Array.isArray(rules) ? rules : []))
    .flatMap(({ replication, target, taken }) =>
      taken === undefined ? [] : [{ replication, target, backup: taken }],
    );
}
