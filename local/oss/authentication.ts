import { timingSafeEqual } from 'node:crypto';
import type { OssCredentials } from './credentials';
import { OssError } from './oss-error';
import { signV1, stringToSignV1 } from './signature/signature-v1';
import { canonicalRequestV4, signV4, stringToSignV4 } from './signature/signature-v4';
import type { SignedRequest } from './signature/signed-request';

const skewMs = 15 * 60_000;
const maximumPresignSeconds = 7 * 24 * 3600;

export interface AuthenticationRules {
  credentials: readonly OssCredentials[];
  region: string;
  allowV1: boolean;
  now: Date;
}

/** Verifies the signature of a request, in its header or in its URL, and returns whose it is. Throws an OssError (403, 400). */
export function authenticate(request: SignedRequest, rules: AuthenticationRules): OssCredentials {
  const query = new Map(request.query);
  const authorization = request.headers.authorization ?? '';
  if (authorization.startsWith('OSS4-HMAC-SHA256 ')) return headerV4(request, authorization, rules);
  if (query.has('x-oss-signature-version')) return urlV4(request, query, rules);
  const urlV1 = query.has('Signature') && query.has('OSSAccessKeyId');
  if (!authorization.startsWith('OSS ') && !urlV1) {
    throw new OssError('AccessDenied', { message: 'Anonymous access is forbidden for this operation.' });
  }
  if (!rules.allowV1) {
    throw new OssError('AccessDenied', {
      ec: '0002-00000080',
      message: 'Signature version 1 is not available for this bucket. Use signature version 4.',
    });
  }
  return urlV1 ? signedUrlV1(request, query, rules) : headerV1(request, authorization, rules);
}

function headerV4(request: SignedRequest, authorization: string, rules: AuthenticationRules): OssCredentials {
  const fields = new Map(
    authorization
      .slice('OSS4-HMAC-SHA256 '.length)
      .split(',')
      .map((field) => {
        const [name, ...value] = field.trim().split('=');
        return [name!, value.join('=')] as const;
      }),
  );
  const dateTime = request.headers['x-oss-date'] ?? '';
  const at = parseBasicTime(dateTime);
  if (request.headers['x-oss-content-sha256'] === undefined) {
    throw invalid('The header x-oss-content-sha256 is missing.');
  }
  const signer = scopeOf(fields.get('Credential') ?? '', dateTime, rules);
  checkToken(signer.credentials, request.headers['x-oss-security-token']);
  refuseSkew(at, rules.now);
  compareV4(request, signer, dateTime, fields.get('AdditionalHeaders'), fields.get('Signature'));
  return signer.credentials;
}

function urlV4(
  request: SignedRequest,
  query: Map<string, string>,
  rules: AuthenticationRules,
): OssCredentials {
  if (query.get('x-oss-signature-version') !== 'OSS4-HMAC-SHA256') {
    throw invalid('x-oss-signature-version must be OSS4-HMAC-SHA256.');
  }
  const dateTime = query.get('x-oss-date') ?? '';
  const seconds = Number(query.get('x-oss-expires'));
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > maximumPresignSeconds) {
    throw invalid('x-oss-expires must lie between 1 and 604800.');
  }
  const at = parseBasicTime(dateTime);
  const signer = scopeOf(query.get('x-oss-credential') ?? '', dateTime, rules);
  checkToken(signer.credentials, query.get('x-oss-security-token'));
  if (at.getTime() - rules.now.getTime() > skewMs) throw new OssError('RequestTimeTooSkewed');
  if (rules.now.getTime() > at.getTime() + seconds * 1000) throw expiredUrl();
  const unsigned = { ...request, query: request.query.filter(([name]) => name !== 'x-oss-signature') };
  compareV4(unsigned, signer, dateTime, query.get('x-oss-additional-headers'), query.get('x-oss-signature'));
  return signer.credentials;
}

interface Signer {
  credentials: OssCredentials;
  day: string;
  region: string;
}

function scopeOf(credential: string, dateTime: string, rules: AuthenticationRules): Signer {
  const [accessKeyId = '', day = '', region = '', product, kind] = credential.split('/');
  if (product !== 'oss' || kind !== 'aliyun_v4_request') throw invalid('The credential scope is malformed.');
  const credentials = credentialsOf(accessKeyId, rules);
  if (region !== rules.region) {
    throw new OssError('InvalidArgument', {
      ec: '0002-00000235',
      message: `Invalid signing region in Authorization header: ${region}.`,
    });
  }
  if (day !== dateTime.slice(0, 8)) {
    throw invalid('The date of the credential scope is not that of x-oss-date.');
  }
  return { credentials, day, region };
}

function compareV4(
  request: SignedRequest,
  signer: Signer,
  dateTime: string,
  additional: string | undefined,
  given: string | undefined,
): void {
  const names = (additional ?? '').toLowerCase().split(';').filter(Boolean);
  const canonicalRequest = canonicalRequestV4(request, names);
  const stringToSign = stringToSignV4(canonicalRequest, dateTime, signer);
  const expected = signV4(signer.credentials.accessKeySecret, stringToSign, signer);
  compare(signer.credentials, expected, given, {
    StringToSign: stringToSign,
    CanonicalRequest: canonicalRequest,
  });
}

function headerV1(request: SignedRequest, authorization: string, rules: AuthenticationRules): OssCredentials {
  const [accessKeyId = '', given] = authorization.slice('OSS '.length).split(':');
  const credentials = credentialsOf(accessKeyId, rules);
  checkToken(credentials, request.headers['x-oss-security-token']);
  const date = request.headers['x-oss-date'] ?? request.headers.date ?? '';
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) {
    throw new OssError('AccessDenied', { message: 'OSS authentication requires a valid Date.' });
  }
  refuseSkew(at, rules.now);
  const stringToSign = stringToSignV1(request, date);
  compare(credentials, signV1(credentials.accessKeySecret, stringToSign), given, {
    StringToSign: stringToSign,
  });
  return credentials;
}

function signedUrlV1(
  request: SignedRequest,
  query: Map<string, string>,
  rules: AuthenticationRules,
): OssCredentials {
  const credentials = credentialsOf(query.get('OSSAccessKeyId')!, rules);
  checkToken(credentials, query.get('security-token'));
  const expires = query.get('Expires') ?? '';
  if (!/^\d+$/.test(expires)) throw invalid('Expires must be a number of seconds.');
  if (rules.now.getTime() > Number(expires) * 1000) throw expiredUrl();
  const stringToSign = stringToSignV1(request, expires);
  const expected = signV1(credentials.accessKeySecret, stringToSign);
  compare(credentials, expected, query.get('Signature'), { StringToSign: stringToSign });
  return credentials;
}

function credentialsOf(accessKeyId: string, rules: AuthenticationRules): OssCredentials {
  const found = rules.credentials.find((credentials) => credentials.accessKeyId === accessKeyId);
  if (!found) throw new OssError('InvalidAccessKeyId', { elements: { OSSAccessKeyId: accessKeyId } });
  return found;
}

function checkToken(credentials: OssCredentials, token: string | undefined): void {
  if (credentials.securityToken === token) return;
  // Keys of STS without their token are unknown to OSS; a token that is not theirs is invalid.
  if (token === undefined) {
    throw new OssError('InvalidAccessKeyId', { elements: { OSSAccessKeyId: credentials.accessKeyId } });
  }
  throw new OssError('InvalidSecurityToken');
}

function refuseSkew(at: Date, now: Date): void {
  if (Math.abs(at.getTime() - now.getTime()) <= skewMs) return;
  throw new OssError('RequestTimeTooSkewed', {
    elements: {
      MaxAllowedSkewMilliseconds: String(skewMs),
      RequestTime: at.toISOString(),
      ServerTime: now.toISOString(),
    },
  });
}

function compare(
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

/** `20261122T021833Z`. */
function parseBasicTime(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) throw invalid('x-oss-date must have the form yyyymmddThhmmssZ.');
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function invalid(message: string): OssError {
  return new OssError('InvalidArgument', { message, ec: '0002-00000220' });
}

function expiredUrl(): OssError {
  return new OssError('AccessDenied', { message: 'Request has expired.', ec: '0002-00000069' });
}
