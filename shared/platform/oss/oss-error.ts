import type { ErrorKind } from '../errors';
import { type Exchange, notFromOss } from './oss-transport';
import { StoreError } from './store-error';

/** Codes below status 500 after which the same request may well succeed. */
const transientCodes = new Set([
  'RequestTimeout',
  'InvalidDigest',
  'QpsLimitExceeded',
  'TotalQpsLimitExceeded',
]);
const transientStatuses = new Set([408, 429]);

/** OSS asks for milliseconds; a value beyond half a minute is not waited for. */
const longestDelay = 30_000;

/**
 * Whatever ali-oss threw, as a StoreError. Only codes and ids are taken over: ali-oss's errors carry request bodies,
 * received bodies and headers.
 */
export function toStoreError(raw: unknown, op: string, place: string, exchange: Exchange): StoreError {
  if (raw instanceof StoreError) return raw;
  const broken = exchange.failure !== undefined;
  const answer = broken ? undefined : exchange.response;
  const status = answer?.status;
  const header = (name: string) => word(answer?.headers[name]);
  const code = exchange.failure ?? codeOf(raw, status);
  const transient =
    (broken && !distrusted(code) && code !== notFromOss) ||
    (status !== undefined && status >= 500 && status !== 501) ||
    transientStatuses.has(status ?? 0) ||
    transientCodes.has(code);
  const region = regionElsewhere(answer);
  return new StoreError(
    region === undefined ? kindOf(code, status) : 'invalid',
    {
      op,
      place,
      code,
      status,
      requestId: header('x-oss-request-id'),
      ec: header('x-oss-ec'),
      transient,
      ambiguous: broken ? exchange.sent : status !== undefined && (status >= 500 || status < 300),
      date: dateOf(answer?.headers.date),
      delay: qosDelay(header('x-oss-qos-delay-time')),
      ...(region !== undefined && { region }),
    },
    (region !== undefined ? `the bucket lies in region ${region}: name that one` : undefined) ??
      (signedElsewhere(answer) ? hintSignedElsewhere : undefined) ??
      (distrusted(code) ? hintCertificate : hints[code]) ??
      (status === undefined || status >= 500 ? hintUnavailable : undefined),
  );
}

/** OSS refuses a request for a bucket of another region, and names the endpoint that it should have gone to. */
function regionElsewhere(answer: Exchange['response']): string | undefined {
  if (answer?.status !== 403 && !(answer && answer.status >= 300 && answer.status < 400)) return undefined;
  const text = answer.data?.toString('utf8') ?? '';
  return /<Endpoint>(?:[a-z0-9-]+\.)?oss-([a-z0-9-]{2,40}?)(?:-internal)?\.aliyuncs\.com<\/Endpoint>/.exec(
    text,
  )?.[1];
}

/** A custom domain takes requests for its bucket alone, and only such as are signed for its region. */
function signedElsewhere(answer: Exchange['response']): boolean {
  return answer?.status === 400 && /Invalid signing region/.test(answer.data?.toString('utf8') ?? '');
}

function codeOf(raw: unknown, status: number | undefined): string {
  const code = word((raw as { code?: unknown } | undefined)?.code);
  if (code) return code;
  if (status === undefined) return 'NotSent';
  if (status < 300) return 'BadAnswer';
  return `Status${status}`;
}

/** A code or an id; anything longer or with other characters is content. */
function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined;
}

function dateOf(value: string | undefined): Date | undefined {
  const date = new Date(value ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Node's codes for a certificate that is not trusted: asking again does not change it. */
function distrusted(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);
}

function qosDelay(value: string | undefined): number | undefined {
  const delay = Number(value);
  return Number.isFinite(delay) && delay > 0 ? Math.min(delay, longestDelay) : undefined;
}

function kindOf(code: string, status: number | undefined): ErrorKind {
  // An archived object stays unreadable until a person restores it.
  if (code === 'FileImmutable' || code === 'InvalidObjectState') return 'denied';
  if (status === undefined || status >= 500 || status === 429 || status < 300) return 'unavailable';
  if (status === 404) return 'not-found';
  if (status === 401 || status === 403) return 'denied';
  if (status === 409 || status === 412) return 'conflict';
  return transientCodes.has(code) || status === 408 ? 'unavailable' : 'invalid';
}

const hintCertificate =
  'the certificate of the endpoint is not trusted; bind one to the custom domain that names it';
const hintSignedElsewhere =
  'the bucket lies in another region than the one that is named: correct the region';
const hintUnavailable = 'OSS did not answer as it should; the same call may work later';

const hints: Record<string, string> = {
  AccessDenied: 'check the RAM policy of the role or key, and that the bucket lies in this region',
  InvalidAccessKeyId: 'check the access key',
  SignatureDoesNotMatch: 'check the access key secret and the region',
  SecurityTokenExpired: 'ask for a new STS token',
  InvalidSecurityToken: 'check the STS token',
  RequestTimeTooSkewed: 'set the clock of this machine',
  NoSuchBucket: 'check the name of the bucket and its region',
  FileImmutable: 'the bucket has a retention policy (WORM); wait until it ends',
  InvalidObjectState:
    'the object is in an archive class: restore it there with `ossutil restore`, wait until it can be read, and try again',
  [notFromOss]: 'something else answered in the place of OSS; check the endpoint and any proxy',
  ENOTFOUND: 'check the region and the endpoint',
  ECONNREFUSED: 'check the endpoint, and that the network reaches it',
  ConnectTimeout:
    'check that the network reaches the endpoint; internal endpoints work within the region only',
};
