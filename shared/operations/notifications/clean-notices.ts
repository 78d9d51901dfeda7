import { hintAge, writeHint } from '../../formats/state/hints';
import type { ObjectStore } from '../../platform/oss/port';

/** As long as finished runs are kept: nothing posts a notice of what is older. */
const keptFor = 35 * 86_400_000;
const every = 86_400_000;
const hintName = 'notices-cleaned';

/** Deletes the notices that were posted more than 35 days ago, by OSS's time, once a day. Answers with how many objects went. */
export async function cleanNotices(state: ObjectStore): Promise<number> {
  if ((await hintAge(state, hintName)) < every) return 0;
  const old: string[] = [];
  for await (const page of state.list('notices/')) {
    for (const { key, lastModified } of page.objects) {
      if (page.date.getTime() - lastModified.getTime() > keptFor) old.push(key);
    }
  }
  if (old.length > 0) await state.delete(old);
  await writeHint(state, hintName, { removed: old.length });
  return old.length;
}
