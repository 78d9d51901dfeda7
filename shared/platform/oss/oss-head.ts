import { parseExtent, parseHead } from './object-head';
import type { OssPlace } from './oss-place';
import type { ObjectHead } from './port';
import { checkKey } from './store-key';
import { hasCode } from './store-error';

/** ObjectStore.head: undefined when there is no such object; a missing bucket is an error. */
export async function headObject(place: OssPlace, key: string): Promise<ObjectHead | undefined> {
  checkKey(place.full(key));
  try {
    return await place.connection.call('HeadObject', place.describe(key), async (client) => {
      const { headers } = (await client.head(place.full(key))).res;
      return parseHead(key, headers, parseExtent(headers)?.size ?? 0);
    });
  } catch (error) {
    if (hasCode(error, 'NoSuchKey')) return undefined;
    throw error;
  }
}
