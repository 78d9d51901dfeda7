import { createHash, createHmac } from 'node:crypto';
import { resourceOf, type SignedRequest } from './signed-request';

/** `<yyyymmdd>/<region>/oss/aliyun_v4_request` in parts. */
export interface Scope {
  day: string;
  region: string;
}

/** Percent-encodes all but A-Z a-z 0-9 - . _ ~ (RFC 3986). */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(query: SignedRequest['query']): string {
  return query
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
}

function canonicalHeaders(headers: SignedRequest['headers'], additional: readonly string[]): string {
  return Object.keys(headers)
    .filter(
      (name) =>
        name === 'content-type' ||
        name === 'content-md5' ||
        name.startsWith('x-oss-') ||
        additional.includes(name),
    )
    .sort()
    .map((name) => `${name}:${headers[name]!.trim()}\n`)
    .join('');
}

/** `additional`: names of further signed headers, lower-case. */
export function canonicalRequestV4(request: SignedRequest, additional: readonly string[] = []): string {
  return [
    request.method,
    encodeRfc3986(resourceOf(request)).replaceAll('%2F', '/'),
    canonicalQuery(request.query),
    canonicalHeaders(request.headers, additional),
    [...additional].sort().join(';'),
    request.headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** `dateTime`: x-oss-date, as `20231216T162057Z`. */
export function stringToSignV4(canonicalRequest: string, dateTime: string, { day, region }: Scope): string {
  const hash = createHash('sha256').update(canonicalRequest, 'utf8').digest('hex');
  return ['OSS4-HMAC-SHA256', dateTime, `${day}/${region}/oss/aliyun_v4_request`, hash].join('\n');
}

/** Lower-case hex HMAC-SHA256. */
export function signV4(secret: string, stringToSign: string, { day, region }: Scope): string {
  const hmac = (key: Buffer | string, text: string) =>
    createHmac('sha256', key).update(text, 'utf8').digest();
  const key = [day, region, 'oss', 'aliyun_v4_request'].reduce<Buffer | string>(hmac, `aliyun_v4${secret}`);
  return hmac(key, stringToSign).toString('hex');
}
