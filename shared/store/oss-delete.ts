import { LifeboatError } from '../errors';
import { headObject } from './oss-head';
import { listObjects } from './oss-list';
import type { OssPlace } from './oss-place';
import { checkKey, fitsXml } from './store-key';
import { hasCode } from './store-error';

/** OSS takes no more in one DeleteMultipleObjects. */
const BATCH = 1000;
/** A folder with fewer of the keys than this is looked at by HEAD instead of by a listing. */
const WORTH_LISTING = 4;

/**
 * ObjectStore.delete. The answer to DeleteMultipleObjects is not believed: what a listing still shows is deleted once more
 * by itself, which tells why it stays.
 */
export async function deleteObjects(place: OssPlace, keys: readonly string[]): Promise<void> {
  const wanted = [...new Set(keys)];
  for (const key of wanted) checkKey(place.full(key));
  for (let at = 0; at < wanted.length; at += BATCH) await deleteBatch(place, wanted.slice(at, at + BATCH));
}

async function deleteBatch(place: OssPlace, keys: string[]): Promise<void> {
  if (keys.length > 1) await deleteTogether(place, keys.filter(fitsXml));
  else await deleteAlone(place, keys[0]!);
  for (const key of await survivors(place, keys)) {
    await deleteAlone(place, key);
    if (await headObject(place, key)) {
      throw new LifeboatError('unavailable', `${place.describe(key)} is still there after it was deleted`, {
        hint: 'find out what else writes to this prefix',
      });
    }
  }
}

async function deleteTogether(place: OssPlace, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  const names = keys.map((key) => place.full(key));
  try {
    await place.connection.call('DeleteMultipleObjects', place.describe(''), (client) =>
      client.deleteMulti(names, { quiet: true }),
    );
  } catch (error) {
    // One key under WORM may refuse the batch; deleting one by one names it.
    if (!hasCode(error, 'FileImmutable')) throw error;
  }
}

async function deleteAlone(place: OssPlace, key: string): Promise<void> {
  await place.connection.call('DeleteObject', place.describe(key), (client) =>
    client.delete(place.full(key)),
  );
}

/** Those of the keys that are still there, in order. */
async function survivors(place: OssPlace, keys: string[]): Promise<string[]> {
  const folders = new Map<string, string[]>();
  for (const key of keys) {
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), key]);
  }
  const found: string[] = [];
  for (const [folder, members] of folders) {
    if (members.length < WORTH_LISTING) {
      for (const key of members) if (await headObject(place, key)) found.push(key);
    } else {
      found.push(...(await listed(place, folder, new Set(members))));
    }
  }
  return found;
}

async function listed(place: OssPlace, folder: string, members: Set<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const page of listObjects(place, folder, { delimiter: '/' })) {
    for (const { key } of page.objects) if (members.has(key)) found.push(key);
  }
  return found;
}
