import { restoreOrder } from '../plan/order';
import { forEachParallel } from './parallel';
import type { RefusedItem } from './refused-items';
import { keyOf } from './refused-items';
import { restoreItem } from './restore-item';
import type { RestoreWork } from './restore-work';

/** Tries everything that was refused once more, in the order of a restore. Returns how much of it is settled now. */
export async function retryRefused(work: RestoreWork, workers: number): Promise<number> {
  if (work.refused.size === 0) return 0;
  const waiting = work.refused.take();
  if ([...waiting.values()].some(({ refusal }) => refusal.cause.startsWith('not served'))) {
    await work.target.refresh();
  }
  for (const group of restoreOrder([...waiting.values()].map(({ ref }) => ref.groupResource))) {
    await forEachParallel(readAgain(work, group, waiting), workers, ({ item, made }) =>
      restoreItem(work, item, made),
    );
  }
  return waiting.size - work.refused.size;
}

async function* readAgain(work: RestoreWork, group: string[], waiting: Map<string, RefusedItem>) {
  for (const { item, ref } of waiting.values()) {
    if (item && group.includes(ref.groupResource)) yield { item, made: true };
  }
  for await (const item of work.contents.items(group)) {
    const refused = waiting.get(keyOf(item));
    if (refused && !refused.item) yield { item, made: false };
  }
}

/** The last passes: until one makes no progress, and as long as time alone may still help. Then what is left has failed. */
export async function settleRefused(work: RestoreWork, workers: number): Promise<void> {
  const { clock, lease } = work.job;
  let progressed = clock.monotonic();
  let wait = work.patience.poll;
  while (work.refused.size > 0) {
    await lease.renew();
    if ((await retryRefused(work, workers)) > 0) {
      progressed = clock.monotonic();
      wait = work.patience.poll;
      continue;
    }
    const left = work.patience.refusals - (clock.monotonic() - progressed);
    if (left <= 0 || !work.refused.passWithTime) break;
    work.report.waiting(`${work.refused.size} objects are refused still: ${work.refused.causes}`);
    await clock.sleep(Math.min(wait, left), lease.signal);
    wait = Math.min(wait * 2, 10_000);
  }
}

/** Gives up: what still waits has failed, for the reason it was refused with last. */
export function failRefused(work: RestoreWork): void {
  for (const { subject, refusal } of work.refused.take().values()) {
    work.report.outcome(subject, 'failed', refusal.reason);
  }
}
