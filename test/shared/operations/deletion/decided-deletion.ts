import { pendingDeletions } from '../../../../shared/formats/state/deletions';
import {
  type CarryOutOptions,
  carryOutDeletion,
  continueDeletions,
  type Deletion,
  type DeletionWork,
  requestDeletion,
} from '../../../../shared/operations/deletion/delete-backup';

export const decision = { by: 'person', who: 'anna', at: '2026-11-22T00:00:00Z' } as const;

/** Decides on a deletion as a person, and carries it out as far as it goes now. */
export async function deleteBackup(
  work: DeletionWork,
  name: string,
  options: CarryOutOptions = {},
): Promise<Deletion> {
  await requestDeletion(work, name, decision);
  return carryOutDeletion(work, name, options);
}

/** Carries all deletions of the vault on that were decided. */
export async function sweep(work: DeletionWork): Promise<{ swept: Deletion[]; failed: [string, unknown][] }> {
  const swept: Deletion[] = [];
  const failed: [string, unknown][] = [];
  const pending = await pendingDeletions(work.state, work.vaultName);
  for await (const one of continueDeletions(work, pending.values(), (...error) => failed.push(error)))
    swept.push(one);
  return { swept, failed };
}
