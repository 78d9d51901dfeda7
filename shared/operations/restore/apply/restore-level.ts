import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { PathSet } from '../../../formats/vault/untrusted/path-set';
import { itemKey } from '../../../formats/vault/item-key';
import { ownsItself } from '../decide/owners-first';
import { levelItems, type LevelItemsWork } from './level-items';
import { forEachParallel } from './pace/parallel';
import { restoreItem, type ItemWork } from './restore-item';

/** What a level is restored with. */
export type LevelWork = ItemWork & LevelItemsWork;

/** Readings of one level of the archive; longer chains of owners get their references after the create. */
const mostReadings = 12;

/**
 * Restores resources side by side, owners before what they own: an object whose owner in the same level is still to come
 * is held back for the next reading. The last reading, when one has brought no owner further (a failed owner, a circle),
 * holds nothing back.
 *
 * @param onlyControlled passes over what was not put aside for its controller
 */
export async function restoreLevel(
  work: LevelWork,
  level: readonly string[],
  workers: number,
  { onlyControlled = false }: { onlyControlled?: boolean } = {},
): Promise<void> {
  const { ownerKinds, restoredOwners } = work.facts;
  const awaitsOwner = (object: KubeObject) =>
    (object.metadata.ownerReferences ?? []).some(
      (owner) =>
        restoredOwners.has(owner.uid) &&
        !work.owners.knows(owner.uid) &&
        !work.controlled.isLeft(owner.uid) &&
        level.includes(ownerKinds.resourceOf(owner) ?? ''),
    );
  let before: { keys?: PathSet; size: number } = { size: Number.POSITIVE_INFINITY };
  let isLast = !ownsItself(level, ownerKinds);
  for (let reading = 1; ; reading++) {
    const held = { keys: new PathSet(), size: 0 };
    await forEachParallel(levelItems(work, level), workers, async (item) => {
      if (before.keys && !before.keys.has(itemKey(item))) return;
      const isHeld = await restoreItem(work, item, {
        holdsBack: isLast ? undefined : awaitsOwner,
        onlyControlled,
      });
      if (!isHeld) return;
      held.keys.add(itemKey(item));
      held.size++;
    });
    if (held.size === 0) return;
    isLast = held.size === before.size || reading + 1 >= mostReadings;
    before = held;
  }
}
