import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes } from '../json-object';

/**
 * Notes that a run may leave something in its cluster, before it does: from then on only a worker ends it, which clears up.
 * Done again it is the same.
 * @param run bound to the run's folder
 */
export async function noteTouch(run: ObjectStore): Promise<void> {
  await run.create('touches.json', documentBytes({ kind: 'Touches' }));
}

/** Whether the run noted so. */
export async function hasTouched(run: ObjectStore): Promise<boolean> {
  return (await run.head('touches.json')) !== undefined;
}
