import type { OssCredentials } from '../credentials';
import { OssError } from '../oss-error';
import { signV1, stringToSignV1 } from './signature-v1';
import type { SignedRequest } from './signed-request';
import {
  type AuthenticationRules,
  checkToken,
  compare,
  credentialsOf,
  expiredUrl,
  invalid,
  refuseSkew,
} from './signer-checks';

/** Signature version 1 in the Authorization header. */
export function headerV1(
  request: SignedRequest,
  authorization: string,
  rules: AuthenticationRules,
): OssCredentials {
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

/** Signature version 1 in the URL. */
export function signedUrlV1(
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
