import type { ObjectStore } from '../../../platform/oss/port';
import { listRevisions, liveRevision, type RevisionFolder, readRevision, revisionKey } from './revisions';
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
    const read = async () => {
      const stored = await readRevision(store, live);
      // Superseded since it was listed.
      return (stored ?? (await readNewest({ store, folder, word: folder }, name)))?.value;
    };
    return [{ key: revisionKey(folder, name, 1), read }];
  });
}

/** Reads the newest revision of a manifest, unchecked; undefined where there is none. Throws `invalid` when it is not JSON. */
export async function readNewest(
  place: RevisionFolder,
  name: string,
): Promise<{ value: unknown } | undefined> {
  const { store, folder } = place;
  return untilSettled(place, name, async () => {
    const live = liveRevision(await listRevisions(store, folder, name), name);
    if (!live) return { done: undefined };
    const stored = await readRevision(store, live);
    return stored && { done: stored };
  });
}
