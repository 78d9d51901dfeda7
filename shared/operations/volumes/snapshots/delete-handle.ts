import { createHash } from 'node:crypto';
import type { SnapshotOperation } from '../../../formats/state/run/operations';
import type { Clock } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';
import { runLabelKey } from '../run-label';
import type { SnapshotCalls } from './snapshot-calls';

/** What a handle is deleted with. */
export interface DeletingHandles {
  calls: SnapshotCalls;
  clock: Clock;
  signal: AbortSignal;
  /** Value of the label of the run that deletes. */
  label: string;
}

const finalizer = 'snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection';

/** How long the driver may take to delete a snapshot, in milliseconds. */
const timeout = 120_000;

/**
 * Deletes a snapshot of which only the handle is known, through a cluster that has its driver: a VolumeSnapshotContent of ours
 * says that it exists, with the policy Delete, and is deleted as soon as the driver has taken it over (as Velero's
 * volumesnapshotcontent_action.go). A snapshot that is gone already is deleted. The handle must be one that the state has for
 * this backup. Throws LifeboatError: `denied`, `unavailable` where the driver does not delete it; done again, it goes on.
 */
export async function deleteHandle(
  { calls, clock, signal, label }: DeletingHandles,
  { driver, handle, namespace }: Pick<SnapshotOperation, 'driver' | 'handle' | 'namespace'>,
): Promise<void> {
  const digest = createHash('sha256').update([driver, handle].join('\0')).digest('hex');
  const name = `lifeboat-delete-${digest.slice(0, 24)}`;
  await calls.createContent({
    // Nobody adds the finalizer to one that no VolumeSnapshot is bound to, and without it the driver would hear nothing of its end.
    metadata: { name, labels: { [runLabelKey]: label }, finalizers: [finalizer] },
    spec: {
      deletionPolicy: 'Delete',
      driver,
      source: { snapshotHandle: handle },
      volumeSnapshotRef: { name, namespace },
    },
  });
  const began = clock.monotonic();
  let isAsked = false;
  for (let wait = 250; ; wait = Math.min(wait * 1.5, 2_000)) {
    const content = await calls.content(name);
    if (!content) return;
    const error = content.status?.error?.message;
    const isTakenOver = content.status?.snapshotHandle !== undefined;
    // Of a snapshot that is gone the driver says an error, and deletes it all the same.
    if (!isAsked && (isTakenOver || error !== undefined)) {
      await calls.deleteContent(name);
      isAsked = true;
    }
    if (clock.monotonic() - began >= timeout) {
      const said = error ? `: ${error.slice(0, 500)}` : '';
      throw new LifeboatError(
        'unavailable',
        `the driver ${driver} has not deleted snapshot ${handle}${said}`,
      );
    }
    await clock.sleep(wait, signal);
  }
}
