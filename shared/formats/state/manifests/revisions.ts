import { isName } from '../../../platform/input/names';
import { jsonValue } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { jsonBytes, readBytes } from '../json-object';

/** A folder of manifests of one kind. */
export interface RevisionFolder {
  store: ObjectStore;
  /** With the slash: `vaults/`. */
  folder: string;
  /** As messages name one of them: `vault`. */
  word: string;
}

/** One stored revision of a manifest, as a listing shows it. */
export interface Revision {
  /** From 1. */
  number: number;
  key: string;
  size: number;
  etag: string;
  lastModified: Date;
}

/** The revisions of the manifests of one folder. */
export interface FolderRevisions {
  /** By name, oldest first, at least one each. */
  byName: Map<string, Revision[]>;
  /** OSS's time of the listing's first page: each newest revision was the newest then, or later. */
  asOf: Date;
}

/**
 * The key of a revision. The first is `<folder><name>.json`, the only key of releases without numbered revisions, so that a
 * manifest which they wrote is revision 1 as it is.
 */
export function revisionKey(folder: string, name: string, number: number): string {
  return number === 1 ? `${folder}${name}.json` : `${folder}${name}.${number}.json`;
}

/** Names hold no dots. */
const numbered = /^([^.]+)\.([2-9]|[1-9]\d{1,8})$/;

/** Lists the revisions in a folder, or those of one name. Costs one request per 1,000. */
export async function listRevisions(
  store: ObjectStore,
  folder: string,
  name?: string,
): Promise<FolderRevisions> {
  const byName = new Map<string, Revision[]>();
  let asOf: Date | undefined;
  const prefix = name === undefined ? folder : `${folder}${name}.`;
  for await (const page of store.list(prefix, { delimiter: '/' })) {
    asOf ??= page.date;
    for (const { key, size, etag, lastModified } of page.objects) {
      if (!key.endsWith('.json')) continue;
      const stem = key.slice(folder.length, -'.json'.length);
      const [, before = '', digits] = numbered.exec(stem) ?? [];
      const [owner, number] = isName(before) ? [before, Number(digits)] : [stem, 1];
      const revision = { number, key, size, etag, lastModified };
      const others = byName.get(owner);
      if (others) others.push(revision);
      else byName.set(owner, [revision]);
    }
  }
  for (const revisions of byName.values()) revisions.sort((a, b) => a.number - b.number);
  return { byName, asOf: asOf ?? new Date(0) };
}

/** The newest revision of a name; undefined where the name has none or its newest is a tombstone. */
export function liveRevision({ byName }: FolderRevisions, name: string): Revision | undefined {
  const newest = byName.get(name)?.at(-1);
  return newest && !isTombstone(newest) ? newest : undefined;
}

/** Body of a tombstone: empty, so that a listing shows it. */
export const tombstone = Buffer.alloc(0);

/**
 * Body of a superseded revision, the first excepted. Not that of a tombstone: between two of its pages a listing can miss the
 * revision that came after.
 */
export const cleared = Buffer.from('\n');

export function isTombstone({ number, size }: Pick<Revision, 'number' | 'size'>): boolean {
  return number > 1 && size === 0;
}

/** Reads the JSON of a revision. Undefined when it was superseded after the listing. Throws `invalid` when it is not JSON. */
export async function readRevision(
  store: ObjectStore,
  { key, number }: Revision,
): Promise<{ value: unknown } | undefined> {
  const body = (await readBytes(store, key))?.body;
  if (!body || (number > 1 && body.length <= cleared.length)) return undefined;
  const value = jsonValue(body, `${store.name}${key}`);
  return number === 1 && isSupersededMark(value) ? undefined : { value };
}

/**
 * What takes the place of the first revision once there is a second. An earlier release knows only that key. It finds a field
 * that it does not know, so it reports the manifest as unreadable instead of working by an old text.
 * @param word as messages name the kind: `schedule`
 */
export function supersededMark(word: string, name: string): Buffer {
  const kind = word.charAt(0).toUpperCase() + word.slice(1);
  return jsonBytes({ kind, metadata: { name, [markField]: true } });
}

const markField = 'writtenByANewerRelease';

function isSupersededMark(value: unknown): boolean {
  const { metadata } = (value ?? {}) as { metadata?: object };
  return typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, markField);
}
