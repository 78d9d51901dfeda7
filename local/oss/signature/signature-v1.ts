import { createHmac } from 'node:crypto';
import { resourceOf, type SignedRequest } from './signed-request';

/** Query parameters that V1 signs; all others (prefix, marker, max-keys, …) may be changed on the way. */
const subresources = new Set(
  (
    'accessPoint acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var cloudboxes ' +
    'continuation-token cors delete encryption endTime group httpsConfig img inventory inventoryId lifecycle ' +
    'link live location logging metaQuery objectMeta partNumber policy policyStatus position processConfiguration ' +
    'publicAccessBlock qos redundancyTransition referer regionList replication replicationLocation ' +
    'replicationProgress requestPayment resourceGroup response-cache-control response-content-disposition ' +
    'response-content-encoding response-content-language response-content-type response-expires restore rtc ' +
    'security-token sequential stat startTime status style styleName symlink tagging transferAcceleration ' +
    'uploadId uploads userRegion versionId versioning versions vod website worm wormExtend wormId comp ' +
    'x-oss-async-process x-oss-process x-oss-request-payer x-oss-traffic-limit x-oss-ac-forward-allow ' +
    'x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id x-oss-enable-sha1 x-oss-enable-sha256 ' +
    'x-oss-enable-md5 x-oss-hash-ctx x-oss-md5-ctx x-oss-write-get-object-response'
  ).split(' '),
);

function canonicalResource(request: SignedRequest): string {
  const signed = request.query
    .filter(([name]) => subresources.has(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .sort();
  return resourceOf(request) + (signed.length > 0 ? `?${signed.join('&')}` : '');
}

function canonicalHeaders(headers: SignedRequest['headers']): string {
  return Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .sort()
    .map((name) => `${name}:${headers[name]!.trim()}\n`)
    .join('');
}

/** `date`: x-oss-date or Date of a signed header, Expires of a signed URL. */
export function stringToSignV1(request: SignedRequest, date: string): string {
  const { method, headers } = request;
  return [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    date,
    canonicalHeaders(headers) + canonicalResource(request),
  ].join('\n');
}

/** Base64 HMAC-SHA1. */
export function signV1(secret: string, stringToSign: string): string {
  return createHmac('sha1', secret).update(stringToSign, 'utf8').digest('base64');
}
