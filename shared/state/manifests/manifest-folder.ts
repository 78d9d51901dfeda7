import pLimit from 'p-limit';
import type * as v from 'valibot';
import { LifeboatError, messageOf } from '../../errors';
import { assertName } from '../../manifests/names';
import { parse } from '../../manifests/parse';
import type { ObjectStore } from '../../store/port';
import { jsonBytes, readJson } from '../json-object';

/** What people make, kept in one folder of the state as `<name>.json`. Written by api and CLI only. */
export interface ManifestFolder<T> {
  /** Undefined when there is none. Throws `corrupt` when it cannot be read. */
  find(name: string): Promise<T | undefined>;
  /** Throws `not-found` naming it. */
  get(name: string): Promise<T>;
  /** Checks a manifest and fills in its defaults; writes nothing. */
  check(manifest: unknown): T;
  /** Sorted by name. One that cannot be read is reported and stops nothing else. With `known` only what changed is read. */
  list(known?: KnownManifests): Promise<ManifestList<T>>;
  /** Checks, fills in defaults and writes a new one; throws `conflict` when the name is taken, also by one that is written at the same time. */
  create(manifest: unknown): Promise<T>;
  /** Checks and overwrites. */
  save(manifest: unknown): Promise<T>;
  /** Fine when it is already gone. */
  remove(name: string): Promise<void>;
}

export interface ManifestList<T> {
  items: T[];
  unreadable: { name: string; reason: string }[];
}

/** Manifests as they were last read, by name, each with its ETag. `list` brings it up to date. */
export type KnownManifests = Map<string, { etag: string; value: unknown }>;

export interface FolderOptions<S> {
  /** With the slash: `vaults/`. */
  folder: string;
  /** As messages name it: `vault`. */
  word: string;
  schema: S;
}

type ManifestSchema<T extends Named> = v.GenericSchema<unknown, T>;
interface Named {
  metadata: { name: string };
}

const readsAtOnce = 8;

/** A folder of manifests of one kind. */
export function manifestFolder<T extends Named>(
  store: ObjectStore,
  { folder, word, schema }: FolderOptions<ManifestSchema<T>>,
): ManifestFolder<T> {
  const keyOf = (name: string) => `${folder}${name}.json`;

  async function find(name: string): Promise<T | undefined> {
    assertName(word, name);
    const stored = await readJson(store, keyOf(name));
    return stored && parseStored(name, stored.value);
  }

  function parseStored(name: string, value: unknown): T {
    const manifest = parse(schema, value, `${word} "${name}"`);
    if (manifest.metadata.name !== name) {
      throw new LifeboatError('corrupt', `${word} "${name}" is stored under a name that is not its own`, {
        hint: `write ${store.name}${keyOf(name)} again`,
      });
    }
    return manifest;
  }

  async function findKnown(
    name: string,
    etag: string,
    known: KnownManifests | undefined,
  ): Promise<T | undefined> {
    assertName(word, name);
    const earlier = known?.get(name);
    if (earlier?.etag === etag) return parseStored(name, earlier.value);
    const stored = await readJson(store, keyOf(name));
    if (!stored) return undefined;
    known?.set(name, { etag, value: stored.value });
    return parseStored(name, stored.value);
  }

  function check(manifest: unknown): T {
    const given = (manifest as Partial<Named> | undefined)?.metadata?.name;
    return parse(
      schema,
      manifest,
      typeof given === 'string' ? `${word} "${given.slice(0, 80)}"` : `the ${word}`,
    );
  }

  return {
    find,
    check,
    async get(name) {
      const found = await find(name);
      if (found) return found;
      throw new LifeboatError('not-found', `there is no ${word} "${name}"`, {
        hint: `see what there is with \`lifeboat ${word} get\``,
      });
    },
    async list(known) {
      const etags = new Map<string, string>();
      for await (const page of store.list(folder, { delimiter: '/' })) {
        for (const { key, etag } of page.objects) {
          if (key.endsWith('.json')) etags.set(key.slice(folder.length, -'.json'.length), etag);
        }
      }
      for (const name of known?.keys() ?? []) if (!etags.has(name)) known?.delete(name);
      const limit = pLimit(readsAtOnce);
      const result: ManifestList<T> = { items: [], unreadable: [] };
      await Promise.all(
        [...etags].map(([name, etag]) =>
          limit(async () => {
            try {
              const item = await findKnown(name, etag, known);
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
    async create(manifest) {
      const whole = check(manifest);
      const { created } = await store.create(keyOf(whole.metadata.name), jsonBytes(whole));
      if (created) return whole;
      throw new LifeboatError('conflict', `${word} "${whole.metadata.name}" exists already`, {
        hint: `choose another name, or look at it with \`lifeboat ${word} get ${whole.metadata.name}\``,
      });
    },
    async save(manifest) {
      const whole = check(manifest);
      await store.put(keyOf(whole.metadata.name), jsonBytes(whole));
      return whole;
    },
    async remove(name) {
      assertName(word, name);
      await store.delete([keyOf(name)]);
    },
  };
}
