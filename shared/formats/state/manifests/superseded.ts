import pLimit from 'p-limit';
import {
  cleared,
  type FolderRevisions,
  isTombstone,
  type Revision,
  type RevisionFolder,
  revisionKey,
  supersededMark,
} from './revisions';

/** A superseded revision is removed when a later one has existed for this long, by OSS's time. Milliseconds. */
export const supersededKept = 3_600_000;

const requestsAtOnce = 8;

/**
 * Clears the superseded revisions of a whole folder: at once of their text, so that no secret outlives its manifest, and later
 * of their keys, so that no number is used twice at one time. Never touches the newest revision of a name, so a tombstone stays.
 * @param written the revision that was written after the listing
 */
export async function clearSuperseded(
  { store, folder, word }: RevisionFolder,
  { byName, asOf }: FolderRevisions,
  written?: Pick<Revision, 'number' | 'size'> & { name: string },
): Promise<void> {
  const old: string[] = [];
  const toClear = new Map<string, Buffer>();
  for (const [name, revisions] of byName) {
    const newest = name === written?.name ? written : revisions.at(-1)!;
    if (newest.number === 1) continue;
    const deleted = isTombstone(newest);
    const mark = supersededMark(word, name);
    const settled = revisions.findLast(
      ({ lastModified }) => asOf.getTime() - lastModified.getTime() > supersededKept,
    );
    for (const { number, key, size } of revisions) {
      if (number >= newest.number) continue;
      // The first revision of a live manifest stays as a mark.
      if (number < (settled?.number ?? 0) && (number > 1 || deleted)) old.push(key);
      // A manifest with a spec is longer than the mark.
      else if (number === 1 && size !== mark.length) toClear.set(key, mark);
      else if (number > 1 && size > cleared.length) toClear.set(key, cleared);
    }
    if (revisions[0]!.number > 1 && !deleted) toClear.set(revisionKey(folder, name, 1), mark);
  }
  const limit = pLimit(requestsAtOnce);
  await Promise.all([...toClear].map(([key, body]) => limit(() => store.put(key, body))));
  if (old.length > 0) await store.delete(old);
}
