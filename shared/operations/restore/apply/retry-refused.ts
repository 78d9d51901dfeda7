import { formatGoDuration } from '../../../formats/manifests/go-duration';
import { itemKey } from '../../../formats/vault/item-key';
import { ownersFirst } from '../decide/owners-first';
import { restoreOrder } from '../decide/order';
import { levelItems, type LevelItemsWork } from './level-items';
import { forEachParallel } from './pace/parallel';
import type { RefusedItem } from './refused/refused-items';
import { restoreItem, type ItemWork } from './restore-item';
import { waitForDefinitions, type DefinitionsWork } from './wait-for-definitions';

/** What refused objects are sent again with. */
export type RetryWork = ItemWork & LevelItemsWork & DefinitionsWork;

/** The longest pause between two passes, in milliseconds. */
const longestPause = 10_000;

/** Tries what was refused once more, in the order of a restore; of each cause in the objects themselves only some. */
export async function retryRefused(work: RetryWork, workers: number): Promise<void> {
  await sendAgain(
    work,
    work.refused.take(() => true, true),
    workers,
  );
}

/** Returns how much of it is settled now. */
async function sendAgain(
  work: RetryWork,
  waiting: Map<string, RefusedItem>,
  workers: number,
): Promise<number> {
  if (waiting.size === 0) return 0;
  const before = work.refused.size;
  if ([...waiting.values()].some(({ refusal }) => refusal.cause.startsWith('not served'))) {
    await work.target.refresh();
  }
  for (const group of restoreOrder([...waiting.values()].map(({ ref }) => ref.groupResource))) {
    for (const level of ownersFirst(group, work.facts.ownerKinds)) {
      await forEachParallel(readAgain(work, level, waiting), workers, async ({ item, made }) => {
        await restoreItem(work, item, { made });
      });
      if (level.includes('customresourcedefinitions.apiextensions.k8s.io')) await waitForDefinitions(work);
    }
  }
  return waiting.size - (work.refused.size - before);
}

async function* readAgain(work: RetryWork, group: string[], waiting: Map<string, RefusedItem>) {
  for (const { item, ref } of waiting.values()) {
    // Objects that are not in the archive are bare namespaces.
    if (item && group.includes(ref.groupResource)) yield { item, made: true };
  }
  for await (const item of levelItems(work, group)) {
    const refused = waiting.get(itemKey(item));
    if (refused && !refused.item) yield { item, made: false };
  }
}

/**
 * The last passes. What only this restore can cure is sent again when something was made since. What time cures is waited
 * for within the resource timeout; what controllers may cure only for a while after the last success, so that a restore
 * whose refusals are final ends soon. Then what is left has failed.
 */
export async function settleRefused(work: RetryWork, workers: number): Promise<void> {
  const { clock, lease, refused, patience, resourceWait } = work;
  let progressed = clock.monotonic();
  let pause = patience.poll;
  const mayTime = () => resourceWait.left > 0 && refused.curedBy('time');
  const mayControllers = () =>
    resourceWait.left > 0 &&
    clock.monotonic() - progressed < patience.controllers &&
    refused.curedBy('controllers');
  while (refused.size > 0) {
    await lease.ensure();
    const began = clock.monotonic();
    const time = mayTime();
    const controllers = mayControllers();
    const { made } = refused;
    const taken = refused.take(
      ({ refusal, madeBefore }) =>
        madeBefore < made ||
        (time && refusal.cure === 'time') ||
        (controllers && refusal.cure === 'controllers'),
    );
    if (taken.size === 0) break;
    if ((await sendAgain(work, taken, workers)) > 0) {
      progressed = clock.monotonic();
      pause = patience.poll;
      continue;
    }
    if (refused.outdated) continue;
    if (mayTime() || mayControllers()) {
      const left = formatGoDuration(resourceWait.left);
      work.report.waiting(
        `${refused.size} objects are refused still (${refused.causes}); waiting ${left} more at most`,
      );
      await clock.sleep(Math.min(pause, resourceWait.left), lease.signal);
      pause = Math.min(pause * 2, longestPause);
    }
    resourceWait.spendSince(began);
  }
}

/** Gives up: what still waits has failed, for the reason it was refused with last. */
export function failRefused(work: RetryWork): void {
  for (const { subject, refusal, detail } of work.refused.take().values()) {
    work.report.outcome(subject, 'failed', refusal.reason, { detail });
  }
}
