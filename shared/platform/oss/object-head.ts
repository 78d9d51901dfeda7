import type { IncomingHttpHeaders } from 'node:http';
import { LifeboatError } from '../errors';
import type { ObjectHead, PutOptions } from './port';

/** What the headers of HeadObject, GetObject and PutObject say about an object. `size` is that of the whole object. */
export function parseHead(key: string, headers: IncomingHttpHeaders, size: number): ObjectHead {
  const date = answerDate(headers);
  const meta: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-oss-meta-') && typeof value === 'string') meta[name.slice(11)] = value;
  }
  const crc64 = headers['x-oss-hash-crc64ecma'];
  const versionId = headers['x-oss-version-id'];
  return {
    key,
    size,
    etag: headers.etag ?? '',
    crc64: typeof crc64 === 'string' ? crc64 : undefined,
    // The answer to a put has none: the object is as old as the answer.
    lastModified: headers['last-modified'] ? new Date(headers['last-modified']) : date,
    date,
    meta,
    ...(typeof versionId === 'string' && versionId !== '' && { versionId }),
  };
}

/** OSS's time. An answer without one would make every age NaN, which no lease may be judged by. */
export function answerDate(headers: IncomingHttpHeaders): Date {
  const date = new Date(headers.date ?? '');
  if (Number.isNaN(date.getTime())) {
    throw new LifeboatError('unavailable', 'OSS answered without a Date', {
      hint: 'a proxy between here and OSS removes headers',
    });
  }
  return date;
}

/** Size of the whole object and the range that was sent, from Content-Range, or from Content-Length without a range. */
export function parseExtent(
  headers: IncomingHttpHeaders,
): { start: number; end: number; size: number } | undefined {
  const range = headers['content-range'];
  if (range) {
    const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range);
    return match ? { start: Number(match[1]), end: Number(match[2]) + 1, size: Number(match[3]) } : undefined;
  }
  const size = Number(headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(size) ? { start: 0, end: size, size } : undefined;
}

/** Metadata goes out in headers, and comes back from OSS only if it is ASCII. */
export function checkMeta(meta: PutOptions['meta'] = {}): Record<string, string> {
  for (const [name, value] of Object.entries(meta)) {
    if (!/^[a-z0-9-]+$/i.test(name) || !/^[\x20-\x7e]*$/.test(value)) {
      throw new LifeboatError('invalid', `Metadata ${JSON.stringify(name)} is not plain ASCII`, {
        hint: 'keep other characters in the object itself',
      });
    }
  }
  return meta;
}
