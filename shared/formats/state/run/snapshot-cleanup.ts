import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes } from '../json-object';
import { type RunId, runStore } from '../run-keys';
import { markClosed, markOpen } from './open-runs';
import { findOperations } from './operations';

/**
 * Asks a worker to delete the snapshots of a backup whose content is gone from a vault: its run is opened again, and started
 * until they are deleted. Nothing is asked of a backup without snapshots. Asked again it is the same.
 */
export async function askForCleanup(state: ObjectStore, backup: string): Promise<void> {
  const run: RunId = { kind: 'backups', name: backup };
  const store = runStore(state, run);
  const kept = (await findOperations(store)).some((one) => one.state === 'kept');
  if (!kept || (await store.head('cleaned.json'))) return;
  await store.create('cleanup.json', documentBytes({ kind: 'Cleanup' }));
  await markOpen(state, run);
}

/** Ends it. @param isDone false where the snapshots are needed still: a copy of the backup has them too */
export async function endCleanup(state: ObjectStore, run: RunId, isDone: boolean): Promise<void> {
  if (isDone) await runStore(state, run).create('cleaned.json', documentBytes({ kind: 'Cleaned' }));
  await markClosed(state, run);
}
