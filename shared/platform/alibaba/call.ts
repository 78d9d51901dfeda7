import type { Clock, Random } from '../clock';
import { type ErrorKind, LifeboatError } from '../errors';
import { type SignedCall, signCall } from './acs3-signature';

export interface OpenApiAccess {
  /** `https://sts.cn-hangzhou.aliyuncs.com`; plain HTTP only to this machine. */
  endpoint: string;
  credentials(): Promise<{ accessKeyId: string; accessKeySecret: string; securityToken?: string }>;
  clock: Clock;
  random: Random;
}

export interface OpenApiCall extends Pick<SignedCall, 'method' | 'path'> {
  /** `AssumeRole`. */
  action: string;
  /** Of the API: `2015-04-01`. */
  version: string;
  parameters: Record<string, string>;
  /** How messages name what is asked: `role acs:ram::…`. */
  what: string;
}

/** What an API answered, with the time by which it did. */
export interface OpenApiAnswer {
  body: unknown;
  date: Date;
}

const timeout = 15_000;
const tries = 3;
const maxAnswer = 4 * 1024 * 1024;

/**
 * One call of Alibaba Cloud's OpenAPI, tried again where the service did not answer. Throws LifeboatError naming `what` and
 * the service's code, never its message, which may repeat what was sent.
 */
export async function callOpenApi(access: OpenApiAccess, call: OpenApiCall): Promise<OpenApiAnswer> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await once(access, call);
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.kind !== 'unavailable' || tried === tries) throw error;
      await access.clock.sleep(access.random.fraction() * 300 * 2 ** tried);
    }
  }
}

async function once({ endpoint, credentials, clock, random }: OpenApiAccess, call: OpenApiCall) {
  const { origin, host } = new URL(endpoint);
  const { query, headers } = signCall({
    ...(await credentials()),
    host,
    method: call.method,
    path: call.path,
    action: call.action,
    version: call.version,
    parameters: call.parameters,
    at: clock.now(),
    nonce: random.bytes(16).toString('hex'),
  });
  // fetch sends the host of the address itself.
  const { host: _, ...sent } = headers;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${origin}${call.path ?? '/'}${query && `?${query}`}`, {
      method: call.method ?? 'POST',
      headers: { ...sent, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    text = await limitedText(response);
  } catch {
    throw new LifeboatError('unavailable', `${call.action} for ${call.what}: no answer from ${host}`, {
      hint: 'check that the network reaches it',
    });
  }
  const body = parse(text);
  if (!response.ok || body === undefined) throw refusal(call, response.status, body);
  return { body, date: new Date(response.headers.get('date') ?? clock.now()) };
}

/** Throws where the answer is larger than any of the service's. */
async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxAnswer) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal({ action, what }: OpenApiCall, status: number, body: unknown): LifeboatError {
  const given = (body as { Code?: unknown } | null | undefined)?.Code;
  const code = typeof given === 'string' && /^[\w.-]{1,80}$/.test(given) ? given : undefined;
  return new LifeboatError(
    kindOf(status, code),
    `${action} for ${what}: ${[code ?? 'no error of the service', `status ${status}`].join(', ')}`,
    { hint: hintOf(code) },
  );
}

function kindOf(status: number, code = ''): ErrorKind {
  if (status >= 500 || status === 429 || /^Throttling/.test(code) || status < 300) return 'unavailable';
  if (/^EntityNotExist|NotFound/.test(code) || status === 404) return 'not-found';
  return /NoPermission|Forbidden|^Rejected|AccessKey|SecurityToken|Signature/.test(code) || status === 403
    ? 'denied'
    : 'invalid';
}

function hintOf(code = ''): string | undefined {
  if (/NoPermission|Forbidden/.test(code))
    return 'check the RAM policy of who asks, and whom the role trusts';
  if (/SignatureDoesNotMatch|InvalidAccessKey/.test(code)) return 'check the access key';
  if (/SecurityToken/.test(code)) return 'check the STS token';
  if (/InvalidTimeStamp/.test(code)) return 'set the clock of this machine';
  return undefined;
}
