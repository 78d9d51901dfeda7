import type { ObjectStore } from '../../platform/oss/port';

/** Deletes what lies under a prefix and is older, by OSS's time; answers with how many objects. */
export async function removeOld(state: ObjectStore, prefix: string, olderThan: number): Promise<number> {
  const old: string[] = [];
  for await (const page of state.list(prefix)) {
    for (const { key, lastModified } of page.objects) {
      if (page.date.getTime() - lastModified.getTime() > olderThan) old.push(key);
    }
  }
  if (old.length > 0) await state.delete(old);
  return old.length;
}
