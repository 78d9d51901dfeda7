import type * as v from 'valibot';
import { LifeboatError } from '../../../platform/errors';
import { assertName } from '../../../platform/input/names';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { jsonBytes } from '../json-object';
import { type ManifestReader, manifestReader, type Named } from './manifest-reader';
import { listRevisions, liveRevision, readRevision, tombstone } from './revisions';
import { clearSuperseded } from './superseded';
import { untilSettled, writeRevision } from './write-revision';

/**
 * Manifests that people make, in one folder of the state. Only the API and the CLI write them. Each change is a new revision,
 * created under the next number. Of two writers at once the second fails to create it, and works on what the first one wrote.
 */
export interface ManifestFolder<T> extends Pick<ManifestReader<T>, 'list'> {
  /** Undefined when there is none. Throws `corrupt` when it cannot be read. */
  find(name: string): Promise<T | undefined>;
  /** Throws `not-found` naming it. */
  get(name: string): Promise<T>;
  /** Checks a manifest and fills in its defaults; writes nothing. */
  check(manifest: unknown): T;
  /** Throws what `create` throws of a checked manifest beside the others, or `change` where it replaces `was`; writes nothing. */
  assertAdmitted(manifest: T, was?: T): Promise<void>;
  /** Checks, fills in defaults and writes a new one; throws `conflict` when the name is taken, also by one that is written at the same time. */
  create(manifest: unknown): Promise<T>;
  /**
   * Changes the newest revision. When somebody else writes a revision meanwhile, calls `allow` and `edit` again with that one.
   * Returns what is stored then. Throws `not-found`, and what `allow` and `edit` throw.
   * @param edit returns the manifest as it is to be, unchecked
   */
  change(name: string, edit: (now: T) => unknown, allow?: Precondition<T>): Promise<T>;
  /** Fine when it is already gone. A manifest that cannot be read is removed too, unless `allow` is given. */
  remove(name: string, allow?: Precondition<T>): Promise<void>;
  /** Clears superseded revisions, as each write does, where a writer died before it did. */
  clear(): Promise<void>;
}

/** Called with the revision that a write replaces. Throws when it must not be replaced. */
export type Precondition<T> = (now: T) => void;

export interface FolderOptions<T extends Named> {
  /** With the slash: `vaults/`. */
  folder: string;
  /** As messages name it: `vault`. */
  word: string;
  schema: v.GenericSchema<unknown, T>;
  /** Throws when a manifest must not be stored beside the others. @param was the revision that it replaces */
  admit?(manifest: T, was: T | undefined): Promise<void> | void;
}

/** A folder of manifests of one kind. */
export function manifestFolder<T extends Named>(
  store: ObjectStore,
  { folder, word, schema, admit }: FolderOptions<T>,
): ManifestFolder<T> {
  const place = { store, folder, word };
  const reader = manifestReader(place, schema);
  const { find, list } = reader;

  function check(manifest: unknown): T {
    const given = (manifest as Partial<Named> | undefined)?.metadata?.name;
    return parse(
      schema,
      manifest,
      typeof given === 'string' ? `${word} "${given.slice(0, 80)}"` : `the ${word}`,
    );
  }

  const absent = (name: string) =>
    new LifeboatError('not-found', `there is no ${word} "${name}"`, {
      hint: `see what there is with \`lifeboat ${word} get\``,
    });

  return {
    find,
    list,
    check,
    async assertAdmitted(manifest, was) {
      await admit?.(manifest, was);
    },
    async get(name) {
      const found = await find(name);
      if (found) return found;
      throw absent(name);
    },
    async create(manifest) {
      const whole = check(manifest);
      const { name } = whole.metadata;
      await admit?.(whole, undefined);
      return untilSettled(place, name, async () => {
        const listed = await listRevisions(store, folder);
        if (liveRevision(listed, name)) {
          throw new LifeboatError('conflict', `${word} "${name}" exists already`, {
            hint: `choose another name, or look at it with \`lifeboat ${word} get ${name}\``,
          });
        }
        return (await writeRevision(place, listed, name, jsonBytes(whole))) ? { done: whole } : undefined;
      });
    },
    async change(name, edit, allow) {
      assertName(word, name);
      return untilSettled(place, name, async () => {
        const listed = await listRevisions(store, folder);
        const live = liveRevision(listed, name);
        if (!live) throw absent(name);
        const stored = await readRevision(store, live);
        if (!stored) return undefined;
        const was = reader.parse(name, stored.value);
        allow?.(was);
        const whole = check(await edit(was));
        if (jsonBytes(whole).equals(jsonBytes(was))) return { done: was };
        await admit?.(whole, was);
        return (await writeRevision(place, listed, name, jsonBytes(whole))) ? { done: whole } : undefined;
      });
    },
    async remove(name, allow) {
      assertName(word, name);
      return untilSettled(place, name, async () => {
        const listed = await listRevisions(store, folder);
        const live = liveRevision(listed, name);
        if (!live) return { done: undefined };
        if (allow) {
          const stored = await readRevision(store, live);
          if (!stored) return undefined;
          allow(reader.parse(name, stored.value));
        }
        return (await writeRevision(place, listed, name, tombstone)) ? { done: undefined } : undefined;
      });
    },
    async clear() {
      await clearSuperseded(place, await listRevisions(store, folder));
    },
  };
}
