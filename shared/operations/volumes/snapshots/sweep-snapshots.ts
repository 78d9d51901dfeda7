import type { SnapshotOperation } from '../../../formats/state/run/operations';
import type { Clock } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';
import { deleteHandle } from './delete-handle';
import type { SnapshotCalls } from './snapshot-calls';

/** What a sweep is done with. */
export interface SweepingSnapshots {
  calls: SnapshotCalls;
  clock: Clock;
  signal: AbortSignal;
  /** Value of the run's label. */
  label: string;
  /** The only ones that the credentials see; absent where they see the whole cluster. */
  namespaces?: readonly string[];
}

/**
 * Removes every snapshot of a run that is to have none: the VolumeSnapshots that bear its label, with what is behind them,
 * and the handles of those whose objects have left the cluster. Throws LifeboatError where one could not be removed; done again,
 * it goes on.
 * @param operations of the run
 */
export async function sweepSnapshots(
  job: SweepingSnapshots,
  operations: readonly SnapshotOperation[],
): Promise<void> {
  const { calls, label, namespaces } = job;
  for (const namespace of namespaces ?? [undefined]) {
    for await (const { metadata, status } of calls.snapshotsOfRun(label, namespace)) {
      const content = status?.boundVolumeSnapshotContentName;
      // One that was about to be kept says Retain.
      if (content !== undefined) await calls.setDeletionPolicy(content, 'Delete');
      await calls.deleteSnapshot(metadata.namespace ?? '', metadata.name);
    }
  }
  for (const operation of operations) {
    // A content that is on its way out under Retain would leave the snapshot behind, whatever is asked of it now.
    await untilGone(job, operation.content);
    await deleteHandle(job, operation);
  }
}

/** How long a content may take to leave the cluster, in milliseconds. */
const patience = 60_000;

async function untilGone({ calls, clock, signal }: SweepingSnapshots, content: string): Promise<void> {
  const began = clock.monotonic();
  while (await calls.content(content)) {
    await calls.deleteContent(content);
    if (clock.monotonic() - began >= patience) {
      throw new LifeboatError('unavailable', `VolumeSnapshotContent ${content} does not leave the cluster`);
    }
    await clock.sleep(500, signal);
  }
}
