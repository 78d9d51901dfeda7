import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { HostCredentials } from './hosted-function';

/** A refused call: status, code and message as FC answers it. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

const maxSkew = 15 * 60_000;

/** The key that a call says it is signed with. */
export function accessKeyOf(
  headers: IncomingHttpHeaders,
  keys: readonly HostCredentials[],
): HostCredentials | undefined {
  const [, id] = /^FC ([^:]+):/.exec(headers.authorization ?? '') ?? [];
  return keys.find(({ accessKeyId }) => accessKeyId === id);
}

/**
 * Checks FC's signature of 2016-08-15: `Authorization: FC <id>:<base64 HMAC-SHA256>` over method, Content-MD5,
 * Content-Type, Date, the x-fc- headers in order and the path. Undefined when it is good.
 */
export function refusalOf(
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  keys: readonly HostCredentials[],
  now: Date,
): Refusal | undefined {
  const [, given] = /^FC [^:]+:(.+)$/.exec(headers.authorization ?? '') ?? [];
  if (!given) return denied('MissingAuthorization', 'the call is not signed');
  const key = accessKeyOf(headers, keys);
  if (!key) return denied('InvalidAccessKeyID', 'the access key is not known');
  if (key.securityToken !== headers['x-fc-security-token']) {
    return denied('InvalidSecurityToken', 'the security token does not belong to the access key');
  }
  const date = headers.date ?? '';
  if (!(Math.abs(Date.parse(date) - now.getTime()) <= maxSkew)) {
    return denied('RequestTimeTooSkewed', 'the date of the call is too far from the time of the server');
  }
  const expected = createHmac('sha256', key.accessKeySecret)
    .update(stringToSign(method, path, headers))
    .digest();
  const actual = Buffer.from(given, 'base64');
  if (actual.length === expected.length && timingSafeEqual(actual, expected)) return undefined;
  return denied('SignatureNotMatch', 'the signature does not match');
}

function stringToSign(method: string, path: string, headers: IncomingHttpHeaders): string {
  const signed = Object.keys(headers)
    .filter((name) => name.startsWith('x-fc-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  const lines = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', headers.date ?? ''];
  return `${lines.join('\n')}\n${signed}${path}`;
}

function denied(code: string, message: string): Refusal {
  return { status: 403, code, message };
}
