import pLimit from 'p-limit';
import { instant } from '../../../formats/manifests/instant';
import { type SnapshotOperation, writeOperations } from '../../../formats/state/run/operations';
import type { Clock } from '../../../platform/clock';
import type { ObjectStore } from '../../../platform/oss/port';
import type { SnapshotCalls } from './snapshot-calls';

/** What snapshots are settled with. */
export interface SettlingSnapshots {
  calls: SnapshotCalls;
  clock: Clock;
  /** Bound to the run's folder. */
  run: ObjectStore;
}

/** Snapshots looked at side by side. */
const atOnce = 8;

/**
 * One look at each snapshot of a run. What is ready is kept: its content is set to Retain, and its objects leave the cluster
 * without it (Velero's order in its phase Finalizing). One that is not ready at its deadline, or that somebody deleted, has
 * failed, and is removed. Killed anywhere and done again, it goes on where it was: what is ready is on record before its objects
 * go. Throws LifeboatError where the API server or RBAC refuses to answer.
 */
export async function settleSnapshots(
  operations: readonly SnapshotOperation[],
  job: SettlingSnapshots,
): Promise<SnapshotOperation[]> {
  const looked = await each(operations, (one) => look(one, job));
  if (looked.some((one, n) => one.state !== operations[n]?.state)) await writeOperations(job.run, looked);
  const settled = await each(looked, (one) => letGo(one, job));
  if (settled.some((one, n) => one.state !== looked[n]?.state)) await writeOperations(job.run, settled);
  return settled;
}

/** Whether nothing is left to be done about any of them. */
export function areSettled(operations: readonly SnapshotOperation[]): boolean {
  return operations.every(({ state }) => state === 'kept' || state === 'failed');
}

async function look(
  operation: SnapshotOperation,
  { calls, clock }: SettlingSnapshots,
): Promise<SnapshotOperation> {
  if (operation.state !== 'taken') return operation;
  const looked = { ...operation, attempts: operation.attempts + 1 };
  const content = await calls.content(operation.content);
  if (!content) return failed(looked, clock, 'somebody deleted its VolumeSnapshotContent');
  if (content.status?.readyToUse === true)
    return { ...looked, state: 'ready', endedAt: instant(clock.now()) };
  if (clock.now().getTime() < Date.parse(operation.deadline)) return looked;
  const said = content.status?.error?.message;
  return failed(looked, clock, `it was not ready in time${said ? `: ${said.slice(0, 500)}` : ''}`);
}

async function letGo(operation: SnapshotOperation, { calls }: SettlingSnapshots): Promise<SnapshotOperation> {
  const { state, namespace, snapshot, content } = operation;
  // Its class says Delete, so that the snapshot goes with it.
  if (state === 'failed') await calls.deleteSnapshot(namespace, snapshot);
  if (state !== 'ready') return operation;
  await calls.setDeletionPolicy(content, 'Retain');
  await calls.deleteSnapshot(namespace, snapshot);
  await calls.deleteContent(content);
  return { ...operation, state: 'kept' };
}

function failed(operation: SnapshotOperation, clock: Clock, error: string): SnapshotOperation {
  return { ...operation, state: 'failed', endedAt: instant(clock.now()), error };
}

function each<T>(operations: readonly T[], work: (one: T) => Promise<T>): Promise<T[]> {
  const limit = pLimit(atOnce);
  return Promise.all(operations.map((one) => limit(() => work(one))));
}
