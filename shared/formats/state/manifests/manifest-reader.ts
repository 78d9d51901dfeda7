import pLimit from 'p-limit';
import type * as v from 'valibot';
import { LifeboatError, messageOf } from '../../../platform/errors';
import { assertName } from '../../../platform/input/names';
import { parse } from '../../../platform/input/parse';
import { listRevisions, liveRevision, type Revision, type RevisionFolder, readRevision } from './revisions';
import { readNewest } from './stored-manifests';

export interface ManifestList<T> {
  items: T[];
  unreadable: { name: string; reason: string }[];
}

/** Manifests as they were last read, by name, each with the ETag of its revision. `list` brings it up to date. */
export type KnownManifests = Map<string, { etag: string; value: unknown }>;

export interface Named {
  metadata: { name: string };
}

/** Reads the newest revisions of one folder. */
export interface ManifestReader<T> {
  find(name: string): Promise<T | undefined>;
  list(known?: KnownManifests): Promise<ManifestList<T>>;
  /** What is stored under a name, checked. Throws `invalid`, or `corrupt` when it has another name. */
  parse(name: string, value: unknown): T;
}

const readsAtOnce = 8;

export function manifestReader<T extends Named>(
  place: RevisionFolder,
  schema: v.GenericSchema<unknown, T>,
): ManifestReader<T> {
  const { store, folder, word } = place;

  function parseStored(name: string, value: unknown): T {
    const manifest = parse(schema, value, `${word} "${name}"`);
    if (manifest.metadata.name !== name) {
      throw new LifeboatError('corrupt', `${word} "${name}" is stored under a name that is not its own`, {
        hint: `write ${store.name}${folder}${name}.json again`,
      });
    }
    return manifest;
  }

  async function find(name: string): Promise<T | undefined> {
    assertName(word, name);
    const stored = await readNewest(place, name);
    return stored && parseStored(name, stored.value);
  }

  async function findKnown(
    name: string,
    revision: Revision,
    known: KnownManifests | undefined,
  ): Promise<T | undefined> {
    assertName(word, name);
    const { etag } = revision;
    const earlier = known?.get(name);
    if (earlier?.etag === etag) return parseStored(name, earlier.value);
    const stored = await readRevision(store, revision);
    // Superseded since it was listed.
    if (!stored) return find(name);
    known?.set(name, { etag, value: stored.value });
    return parseStored(name, stored.value);
  }

  return {
    find,
    parse: parseStored,
    async list(known) {
      const listed = await listRevisions(store, folder);
      for (const name of known?.keys() ?? []) if (!liveRevision(listed, name)) known?.delete(name);
      const limit = pLimit(readsAtOnce);
      const result: ManifestList<T> = { items: [], unreadable: [] };
      await Promise.all(
        [...listed.byName.keys()].map((name) =>
          limit(async () => {
            const live = liveRevision(listed, name);
            if (!live) return;
            try {
              const item = await findKnown(name, live, known);
              if (item) result.items.push(item);
            } catch (error) {
              result.unreadable.push({ name, reason: messageOf(error) });
            }
          }),
        ),
      );
      const byName = (a: string, b: string) => (a < b ? -1 : 1);
      result.items.sort((a, b) => byName(a.metadata.name, b.metadata.name));
      result.unreadable.sort((a, b) => byName(a.name, b.name));
      return result;
    },
  };
}
