import { findOperations, writeOperations } from '../../formats/state/run/operations';
import { hasTouched } from '../../formats/state/run/touches';
import { silentLog } from '../../platform/log/log';
import { payDebts } from '../hooks/hook-debts';
import { runLabel } from '../volumes/run-label';
import { SnapshotCalls, snapshotVersion } from '../volumes/snapshots/snapshot-calls';
import { sweepSnapshots } from '../volumes/snapshots/sweep-snapshots';
import type { BackupJob } from './job';

export type ClearingUp = Pick<
  BackupJob,
  'cluster' | 'ownNamespaces' | 'run' | 'request' | 'installation' | 'clock' | 'log'
> & { signal: AbortSignal };

/**
 * Ends in the cluster what attempts at a backup have left there: it runs the post hooks that they owe, then removes their
 * snapshots, by the run's label and by the handles on record. Nothing where no attempt came so far. Throws LifeboatError where something could not be removed; done
 * again, it goes on.
 */
export async function clearUpData(job: ClearingUp): Promise<void> {
  const { cluster, run, signal, clock, request, installation, ownNamespaces } = job;
  if (!(await hasTouched(run))) return;
  await payDebts(run, { cluster, clock, signal, log: job.log ?? silentLog });
  const version = snapshotVersion(await cluster.discover({ signal }));
  if (version === undefined) return;
  const operations = await findOperations(run);
  await sweepSnapshots(
    {
      calls: new SnapshotCalls(cluster, signal, version),
      clock,
      signal,
      label: runLabel(installation, { kind: 'backups', name: request.metadata.name }),
      namespaces: ownNamespaces,
    },
    operations,
  );
  if (operations.length > 0) await writeOperations(run, []);
}
