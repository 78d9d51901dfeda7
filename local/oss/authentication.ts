import { headerV1, signedUrlV1 } from './signature/authentication-v1';
import { headerV4, urlV4 } from './signature/authentication-v4';
import type { OssCredentials } from './credentials';
import { OssError } from './oss-error';
import type { SignedRequest } from './signature/signed-request';
import type { AuthenticationRules } from './signature/signer-checks';

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
