import { createHash } from 'node:crypto';
import { crc64 } from './crc64';
import type { CallOptions } from './oss-connection';
import { checkMeta, parseHead } from './object-head';
import type { OssPlace } from './oss-place';
import { crcMismatch } from './oss-read';
import type { ObjectHead, PutOptions } from './port';
import { checkKey } from './store-key';

/** ObjectStore.put */
export async function putObject(
  place: OssPlace,
  key: string,
  body: Buffer,
  options: PutOptions = {},
): Promise<ObjectHead> {
  return sendObject(place, key, body, options, {});
}

/** One PutObject, with `headers` besides those of the options; verified on both ends by MD5 and CRC-64. */
export async function sendObject(
  place: OssPlace,
  key: string,
  body: Buffer,
  { contentType, meta, sseKmsKey, signal }: PutOptions,
  headers: Record<string, string>,
  call: CallOptions = {},
): Promise<ObjectHead> {
  checkKey(place.full(key));
  const checkedMeta = checkMeta(meta);
  const md5 = contentMd5(body);
  const answer = await place.connection.call(
    'PutObject',
    place.describe(key),
    async (client) => {
      const { res } = await client.put(place.full(key), body, {
        mime: contentType ?? 'application/octet-stream',
        // A fresh object each time: ali-oss writes into it.
        meta: { ...checkedMeta },
        headers: { 'Content-MD5': md5, ...encryption(sseKmsKey), ...headers },
      });
      return res.headers;
    },
    { signal, ...call },
  );
  const head = { ...parseHead(key, answer, body.length), meta: checkedMeta };
  if (head.crc64 !== undefined && head.crc64 !== crc64(body)) throw crcMismatch(place, key, 'PutObject');
  return head;
}

function encryption(key: string | undefined): Record<string, string> {
  if (key === undefined) return {};
  return {
    'x-oss-server-side-encryption': 'KMS',
    ...(key !== 'default' && { 'x-oss-server-side-encryption-key-id': key }),
  };
}

/** The value of Content-MD5: OSS refuses a body that does not match it. */
export function contentMd5(body: Buffer): string {
  return createHash('md5').update(body).digest('base64');
}
