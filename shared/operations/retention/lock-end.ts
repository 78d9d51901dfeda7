import type { ObjectStore } from '../../platform/oss/port';
import { backupKeys } from '../../formats/vault/layout';
import type { Deletion } from '../deletion/delete-backup';

/** Asked at most once: how many days the bucket's locked WORM policy keeps each object; undefined where that cannot be told. */
export type WormDays = () => Promise<number | undefined>;

/** How long until a deletion is tried again that WORM refused, where OSS does not tell when the lock ends. */
const againMs = 6 * 3_600_000;

const dayMs = 86_400_000;

/**
 * When a deletion that WORM holds up is tried again: when the newest object that is in its way comes out of its lock, which OSS
 * counts from `Last-Modified` by the days of the bucket's policy. No answer of OSS carries that moment itself. Where the policy
 * cannot be read, is not locked yet (it lapses after a day), or has been extended since: six hours later.
 * @param now OSS's time
 */
export async function triedAgainAt(
  vault: ObjectStore,
  { backup }: Deletion,
  wormDays: WormDays,
  now: Date,
): Promise<Date> {
  const again = new Date(now.getTime() + againMs);
  const days = await wormDays();
  if (days === undefined) return again;
  let newest = 0;
  for await (const page of vault.list(backupKeys(backup).directory))
    for (const { lastModified } of page.objects) newest = Math.max(newest, lastModified.getTime());
  const end = newest + days * dayMs;
  return end > now.getTime() ? new Date(end) : again;
}
