import { timingSafeEqual } from 'node:crypto';
import type { OssCredentials } from '../credentials';
import { OssError } from '../oss-error';

/** How far the clocks of OSS and of a client may be apart. */
export const skewMs = 15 * 60_000;

/** What signatures are held against. */
export interface AuthenticationRules {
  credentials: readonly OssCredentials[];
  region: string;
  allowV1: boolean;
  now: Date;
}

/** The keys of a signer. Throws OssError InvalidAccessKeyId. */
export function credentialsOf(accessKeyId: string, rules: AuthenticationRules): OssCredentials {
  const found = rules.credentials.find((credentials) => credentials.accessKeyId === accessKeyId);
  if (!found) throw new OssError('InvalidAccessKeyId', { elements: { OSSAccessKeyId: accessKeyId } });
  return found;
}

/** Holds a request's security token against the keys'. Throws OssError InvalidAccessKeyId, InvalidSecurityToken. */
export function checkToken(credentials: OssCredentials, token: string | undefined): void {
  if (credentials.securityToken === token) return;
  // Keys of STS without their token are unknown to OSS; a token that is not theirs is invalid.
  if (token === undefined) {
    throw new OssError('InvalidAccessKeyId', { elements: { OSSAccessKeyId: credentials.accessKeyId } });
  }
  throw new OssError('InvalidSecurityToken');
}

/** Throws OssError RequestTimeTooSkewed for a request of another time. */
export function refuseSkew(at: Date, now: Date): void {
  if (Math.abs(at.getTime() - now.getTime()) <= skewMs) return;
  throw new OssError('RequestTimeTooSkewed', {
    elements: {
      MaxAllowedSkewMilliseconds: String(skewMs),
      RequestTime: at.toISOString(),
      ServerTime: now.toISOString(),
    },
  });
}

/** Throws OssError SignatureDoesNotMatch, with what was signed. */
export function compare(
  credentials: OssCredentials,
  expected: string,
  given: string | undefined,
  shown: Record<string, string>,
): void {
  const [left, right] = [Buffer.from(expected), Buffer.from(given ?? '')];
  if (left.length === right.length && timingSafeEqual(left, right)) return;
  throw new OssError('SignatureDoesNotMatch', {
    elements: { OSSAccessKeyId: credentials.accessKeyId, SignatureProvided: given ?? '', ...shown },
  });
}

export function invalid(message: string): OssError {
  return new OssError('InvalidArgument', { message, ec: '0002-00000220' });
}

export function expiredUrl(): OssError {
  return new OssError('AccessDenied', { message: 'Request has expired.', ec: '0002-00000069' });
}
