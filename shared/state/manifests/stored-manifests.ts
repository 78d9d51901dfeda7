import type { ObjectStore } from '../../store/port';
import { listRevisions, liveRevision, readRevision, revisionKey } from './revisions';
import { untilSettled } from './write-revision';

/** A manifest as it is stored, unchecked. */
export interface StoredManifest {
  /** `schedules/nightly.json`, whatever the number of its newest revision. */
  key: string;
  /** Reads the newest revision; undefined when the manifest was deleted after the listing. Throws `invalid` when it is not JSON. */
  read(): Promise<unknown>;
}

/** The manifests of a folder of the state, without those that were deleted: one listing. @param folder `schedules/` */
export async function storedManifests(store: ObjectStore, folder: string): Promise<StoredManifest[]> {
  const listed = await listRevisions(store, folder);
  return [...listed.byName.keys()].flatMap((name) => {
    const live = liveRevision(listed, name);
    if (!live) return [];
    let latest: typeof live | undefined = live;
    const read = () =>
      untilSettled({ word: folder }, name, async () => {
        if (!latest) return { done: undefined };
        const stored = await readRevision(store, latest);
        if (stored) return { done: stored.value };
        latest = liveRevision(await listRevisions(store, folder, name), name);
        return undefined;
      });
    return [{ key: revisionKey(folder, name, 1), read }];
  });
}
