import type { Replication } from '../../formats/manifests/replication';
import { hintAge, writeHint } from '../../formats/state/hints';
import type { ManifestList } from '../../formats/state/manifests/manifest-reader';
import { turnsFolder, turnsKept } from '../../formats/state/replication-turns';
import type { ObjectStore } from '../../platform/oss/port';

const every = 86_400_000;
const hintName = 'turns-cleaned';

/**
 * Deletes the turns that no rule takes up any more: those of rules that were deleted or given another source or target, once
 * the newest of them was taken 35 days ago by OSS's time. A rule that is made again before that goes on where it was. Does
 * nothing within a day of the last time; else costs one listing for each thousand turns. Answers with how many went.
 */
export async function cleanTurns(
  state: ObjectStore,
  { items, unreadable }: ManifestList<Replication>,
): Promise<number> {
  if ((await hintAge(state, hintName)) < every) return 0;
  const live = new Set(items.flatMap((rule) => rule.spec.targets.map((target) => turnsFolder(rule, target))));
  const unknown = new Set(unreadable.map(({ name }) => name));
  const folders = new Map<string, { keys: string[]; age: number }>();
  for await (const page of state.list('turns/')) {
    for (const { key, lastModified } of page.objects) {
      const [, folder = '', rule = ''] = /^(turns\/([^/]+)\/[^/]+\/)[^/]+$/.exec(key) ?? [];
      if (folder === '' || live.has(folder) || unknown.has(rule)) continue;
      const age = page.date.getTime() - lastModified.getTime();
      const known = folders.get(folder) ?? { keys: [], age };
      folders.set(folder, { keys: [...known.keys, key], age: Math.min(known.age, age) });
    }
  }
  const old = [...folders.values()].filter(({ age }) => age > turnsKept).flatMap(({ keys }) => keys);
  if (old.length > 0) await state.delete(old);
  await writeHint(state, hintName, { removed: old.length });
  return old.length;
}
