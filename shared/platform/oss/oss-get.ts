import { LifeboatError } from '../errors';
import type { OssPlace } from './oss-place';
import { readObject } from './oss-read';
import type { GetOptions, ObjectHead, StoredObject } from './port';
import { hasCode } from './store-error';

const defaultMaxBytes = 64 * 1024 * 1024;

/** ObjectStore.get */
export async function getObject(
  place: OssPlace,
  key: string,
  options: GetOptions = {},
): Promise<StoredObject> {
  try {
    return await getOnce(place, key, options);
  } catch (error) {
    // Damage on the way is gone the second time, damage in the bucket is not.
    if (hasCode(error, 'CrcMismatch')) return getOnce(place, key, options);
    throw error;
  }
}

async function getOnce(
  place: OssPlace,
  key: string,
  { range, ifMatch, version, maxBytes = defaultMaxBytes }: GetOptions,
): Promise<StoredObject> {
  let head: ObjectHead | undefined;
  const chunks: Buffer[] = [];
  const wanted = { start: range?.[0], end: range?.[1], ifMatch, version };
  const stream = readObject(place, key, wanted, (found, length) => {
    if (length > maxBytes) {
      const problem = `${place.describe(key)} has ${length} bytes where at most ${maxBytes} are expected`;
      throw new LifeboatError('corrupt', problem, { hint: 'it was not written by Lifeboat or Velero' });
    }
    head = found;
  });
  for await (const chunk of stream) chunks.push(chunk);
  return { head: head!, body: Buffer.concat(chunks) };
}
