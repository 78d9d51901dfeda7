import pLimit from 'p-limit';
import { isKind, messageOf } from '../../../platform/errors';
import { findRecoveryCopy, recoveryCopies } from '../recovery/recovery-copies';
import { type SealedField, sealedFields, withoutField } from '../recovery/sealed-fields';
import { readJson } from '../../../formats/state/json-object';
import { type StoredManifest, storedManifests } from '../../../formats/state/manifests/stored-manifests';
import type { ObjectStore } from '../../../platform/oss/port';
import { exportedFolders, manifestFolders, stateFolders } from './state-folders';
import type { StateExport } from './state-export';

/** What an export holds, wherever it will lie. */
export type CollectedState = Pick<StateExport, 'objects' | 'sealed' | 'leftOut'>;

/** Why a sealed secret is not in an export. Says what to do. */
const noCopy =
  'it is sealed, and there is no copy for a recovery key: set LIFEBOAT_RECOVERY_KEY and run `lifeboat state reseal`';

/**
 * Reads what people made out of the state, and no runs: a listing a folder and a request an object. Sealed secrets are left
 * where they are; of each the copy that was kept for the recovery key is taken. One object that cannot be read is left out
 * with the reason and stops nothing else.
 * @param state bound to the state's prefix
 */
export async function collectState(state: ObjectStore): Promise<CollectedState> {
  const collected: CollectedState = { objects: {}, sealed: [], leftOut: await unknownFolders(state) };
  const copies = await recoveryCopies(state);
  const objects: StoredManifest[] = [];
  for (const folder of exportedFolders) objects.push(...(await objectsIn(state, folder)));
  objects.sort((a, b) => (a.key < b.key ? -1 : 1));
  const limit = pLimit(8);
  const read = await Promise.all(objects.map((object) => limit(() => readObject(object))));
  for (const { key, value, reason } of read) {
    if (reason !== undefined) collected.leftOut.push({ key, reason });
    if (value === undefined) continue;
    let manifest = value;
    for (const { path, value: sealed } of sealedFields(value)) {
      manifest = withoutField(manifest, path) as typeof manifest;
      const box = await findRecoveryCopy(state, copies, sealed);
      if (box) collected.sealed.push({ key, path, box });
      else collected.leftOut.push({ key, path, reason: noCopy });
    }
    collected.objects[key] = manifest;
  }
  return collected;
}

/** A manifest in which something is sealed. */
export interface SealedManifest {
  /** In the state. */
  key: string;
  manifest: unknown;
  fields: SealedField[];
}

/** Everything in the state that is exported and holds something sealed. */
export async function sealedSecrets(state: ObjectStore): Promise<SealedManifest[]> {
  const found: SealedManifest[] = [];
  for (const folder of exportedFolders) {
    for (const object of await objectsIn(state, folder)) {
      const { key, value: manifest } = await readObject(object);
      const fields = sealedFields(manifest);
      if (fields.length > 0) found.push({ key, manifest, fields });
    }
  }
  return found;
}

/** Of manifests the newest revisions, under the keys of their first ones. */
async function objectsIn(state: ObjectStore, folder: string): Promise<StoredManifest[]> {
  if (manifestFolders.has(folder)) return storedManifests(state, folder);
  const objects: StoredManifest[] = [];
  for await (const page of state.list(folder)) {
    for (const { key } of page.objects)
      if (key.endsWith('.json')) objects.push({ key, read: async () => (await readJson(state, key))?.value });
  }
  return objects;
}

/** Neither value nor reason for one that is gone meanwhile. */
async function readObject({
  key,
  read,
}: StoredManifest): Promise<{ key: string; value?: unknown; reason?: string }> {
  try {
    return { key, value: await read() };
  } catch (error) {
    if (!isKind(error, 'invalid') && !isKind(error, 'corrupt')) throw error;
    return { key, reason: messageOf(error) };
  }
}

/** What a newer or an older version keeps here. */
async function unknownFolders(state: ObjectStore): Promise<StateExport['leftOut']> {
  const unknown: StateExport['leftOut'] = [];
  for await (const page of state.list('', { delimiter: '/' })) {
    for (const name of [...page.prefixes, ...page.objects.map(({ key }) => key)])
      if (!Object.hasOwn(stateFolders, name))
        unknown.push({ key: name, reason: 'this version does not know what it is' });
  }
  return unknown;
}
