import { Crc64 } from './crc64';
import type { OssPlace } from './oss-place';
import { readObject } from './oss-read';
import type { ObjectHead } from './port';

/** True when the object of this head has this length and CRC-64. A copy, of which OSS may keep no CRC-64, is read. */
export async function hasBytes(
  place: OssPlace,
  head: ObjectHead,
  expected: { size: number; crc64: string },
): Promise<boolean> {
  if (head.size !== expected.size) return false;
  if (head.crc64 !== undefined) return head.crc64 === expected.crc64;
  const crc = new Crc64();
  for await (const chunk of readObject(place, head.key, { ifMatch: head.etag || undefined }))
    crc.update(chunk);
  return crc.digest() === expected.crc64;
}
