import type { OssCredentials } from '../credentials';
import { OssError } from '../oss-error';
import { canonicalRequestV4, signV4, stringToSignV4 } from './signature-v4';
import type { SignedRequest } from './signed-request';
import {
  type AuthenticationRules,
  checkToken,
  compare,
  credentialsOf,
  expiredUrl,
  invalid,
  refuseSkew,
  skewMs,
} from './signer-checks';

const maximumPresignSeconds = 7 * 24 * 3600;

/** Signature version 4 in the Authorization header. */
export function headerV4(
  request: SignedRequest,
  authorization: string,
  rules: AuthenticationRules,
): OssCredentials {
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

/** Signature version 4 in the URL. */
export function urlV4(
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

/** `20261122T021833Z`. */
function parseBasicTime(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) throw invalid('x-oss-date must have the form yyyymmddThhmmssZ.');
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
