import { isKind, LifeboatError } from '../errors';
import { headObject } from './oss-head';
import { listObjects } from './oss-list';
import type { OssPlace } from './oss-place';
import { checkKey, fitsXml } from './store-key';
import { hasCode } from './store-error';

/** OSS takes no more in one DeleteMultipleObjects. */
const batch = 1000;
/** A folder with fewer of the keys than this is looked at by HEAD instead of by a listing. */
const worthListing = 4;

/**
 * ObjectStore.delete. The answer to DeleteMultipleObjects is not believed: what a listing still shows is deleted once more
 * by itself, which tells why it stays.
 */
export async function deleteObjects(place: OssPlace, keys: readonly string[]): Promise<void> {
  const wanted = [...new Set(keys)];
  for (const key of wanted) checkKey(place.full(key));
  for (let at = 0; at < wanted.length; at += batch) await deleteBatch(place, wanted.slice(at, at + batch));
}

async function deleteBatch(place: OssPlace, keys: string[]): Promise<void> {
  // The answer to a single DeleteObject tells why the key stays.
  if (keys.length === 1) return deleteAlone(place, keys[0]!);
  await deleteTogether(place, keys.filter(fitsXml));
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

/**
 * Those of the keys that are still there. One listing of all between the first and the last of them is cheapest where little
 * else lies there; it ends where it would ask more than the looks at each folder, or where it is not allowed.
 */
async function survivors(place: OssPlace, keys: string[]): Promise<string[]> {
  const sorted = [...keys].sort();
  const looks = [...byFolder(sorted).values()].reduce((sum, members) => sum + looksAt(members), 0);
  const found: string[] = [];
  let left = sorted;
  // Others have another order here than at OSS.
  const ordered = sorted.every((key) => /^[\x20-\x7e]+$/.test(key));
  if (looks > 1 && ordered) {
    try {
      left = await listBetween(place, sorted, { pages: looks - 1, found });
    } catch (error) {
      if (!isKind(error, 'denied')) throw error;
    }
  }
  for (const [folder, members] of byFolder(left)) {
    if (members.length < worthListing) {
      for (const key of members) if (await headObject(place, key)) found.push(key);
    } else {
      found.push(...(await listed(place, folder, new Set(members))));
    }
  }
  return found;
}

function byFolder(keys: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const key of keys) {
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    const members = folders.get(folder);
    if (members) members.push(key);
    else folders.set(folder, [key]);
  }
  return folders;
}

function looksAt(members: readonly string[]): number {
  return members.length < worthListing ? members.length : 1;
}

/**
 * Lists from the first to the last of some sorted keys, at most so many pages; answers with the keys that it did not come to.
 * @param found takes those that are there
 */
async function listBetween(
  place: OssPlace,
  sorted: readonly string[],
  { pages, found }: { pages: number; found: string[] },
): Promise<string[]> {
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
  const wanted = new Set(sorted);
  const prefix = sharedFolder(first, last);
  // Everything that begins like the first key and is shorter comes before it.
  const after = first.slice(0, -1);
  let seen = 0;
  for await (const page of listObjects(place, prefix, after > prefix ? { after } : {})) {
    for (const { key } of page.objects) if (wanted.has(key)) found.push(key);
    const end = page.objects.at(-1)?.key;
    if (end === undefined || end >= last) return [];
    seen += 1;
    if (seen === pages) return sorted.filter((key) => key > end);
  }
  return [];
}

function sharedFolder(first: string, last: string): string {
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  return first.slice(0, first.slice(0, length).lastIndexOf('/') + 1);
}

async function listed(place: OssPlace, folder: string, members: Set<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const page of listObjects(place, folder, { delimiter: '/' })) {
    for (const { key } of page.objects) if (members.has(key)) found.push(key);
  }
  return found;
}
