import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that was signed well. */
export interface TakenCall {
  method: string;
  path: string;
  action: string;
  version: string;
  parameters: Record<string, string>;
  securityToken?: string;
}

/** What to answer: a status and a body. */
export type Answer = [status: number, body: unknown];

const day = 24 * 60 * 60 * 1000;

/**
 * A server that takes calls of Alibaba Cloud's OpenAPI as the documentation of signature version 3 says: it builds the
 * signature from the bytes that came, refuses a call that is signed otherwise, one of another day and a nonce that came
 * before, and hands what is left to `answer`.
 */
export async function openApiServer(
  secrets: Record<string, string>,
  answer: (call: TakenCall) => Answer | Promise<Answer>,
) {
  const nonces = new Set<string>();
  const taken: TakenCall[] = [];
  const server = createServer((request, response) => {
    void respond(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });

  async function respond(request: IncomingMessage): Promise<Answer> {
    const hash = createHash('sha256');
    for await (const chunk of request) hash.update(chunk as Buffer);
    const refused = refusal(request, hash.digest('hex'), secrets, nonces);
    if (refused)
      return [refused.status, { Code: refused.code, Message: `for ${request.url}`, RequestId: '1' }];
    const { headers } = request;
    const url = new URL(request.url!, 'http://x');
    const call = {
      method: request.method!,
      path: url.pathname,
      action: String(headers['x-acs-action']),
      version: String(headers['x-acs-version']),
      parameters: Object.fromEntries(url.searchParams),
      ...(headers['x-acs-security-token'] && { securityToken: String(headers['x-acs-security-token']) }),
    };
    taken.push(call);
    return answer(call);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Calls that were signed well. */
    taken,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function refusal(
  { method, url, headers }: IncomingMessage,
  bodyHash: string,
  secrets: Record<string, string>,
  nonces: Set<string>,
): { status: number; code: string } | undefined {
  const form = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/;
  const [, id = '', names = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  if (signature === undefined) return { status: 400, code: 'IncompleteSignature' };
  const secret = secrets[id];
  if (secret === undefined) return { status: 404, code: 'InvalidAccessKeyId.NotFound' };
  const mustBeSigned = Object.keys(headers).filter((name) => name.startsWith('x-acs-') || name === 'host');
  if (!mustBeSigned.every((name) => names.split(';').includes(name)))
    return { status: 400, code: 'IncompleteSignature' };
  if (headers['x-acs-content-sha256'] !== bodyHash) return { status: 400, code: 'InvalidPayloadHash' };
  const [path, query = ''] = url!.split('?');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`);
  const canonical = `${method}\n${path}\n${query}\n${lines.join('\n')}\n\n${names}\n${bodyHash}`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const expected = createHmac('sha256', secret).update(`ACS3-HMAC-SHA256\n${digest}`).digest('hex');
  if (expected !== signature) return { status: 403, code: 'SignatureDoesNotMatch' };
  const date = String(headers['x-acs-date']);
  const recent = Math.abs(Date.parse(date) - Date.now()) < day;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date) || !recent)
    return { status: 400, code: 'InvalidTimeStamp.Expired' };
  const nonce = String(headers['x-acs-signature-nonce']);
  if (nonces.has(nonce)) return { status: 400, code: 'SignatureNonceUsed' };
  nonces.add(nonce);
  const sorted = query.split('&').filter((pair) => pair !== '');
  return sorted.join() === sorted.toSorted().join()
    ? undefined
    : { status: 403, code: 'SignatureDoesNotMatch' };
}
