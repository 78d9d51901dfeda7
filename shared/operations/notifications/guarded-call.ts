import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { guardedLookup, refusalOfHost } from '../../platform/kubernetes/server-address';
import { LifeboatError } from '../../platform/errors';

export interface GuardedCall {
  /** How messages name it; the URL is never told. */
  what: string;
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** True on one machine: plain HTTP to loopback. */
  local: boolean;
  /** Milliseconds for the whole call. */
  timeout?: number;
}

const maxAnswer = 64 * 1024;

/**
 * One call to where a person pointed: https to public addresses only, looked at when the connection is made; no proxy, and no
 * redirect is followed. Throws LifeboatError: `invalid` for a URL that is none of these, `denied` for where it leads,
 * `unavailable` when there is no answer. Messages say nothing of the URL but its host.
 */
export async function guardedCall(call: GuardedCall): Promise<{ status: number; body: string }> {
  const url = allowedUrl(call);
  const rules = { allowLoopback: call.local, publicOnly: !call.local };
  const refused = (host: string, reason: string) =>
    new LifeboatError('denied', `${call.what}: ${host} leads to ${reason}`, {
      hint: 'give an address on the Internet',
    });
  const reason = refusalOfHost(url.hostname, rules);
  if (reason) throw refused(url.hostname, reason);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const timeout = call.timeout ?? 10_000;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(error instanceof LifeboatError ? error : unavailable(call.what, url.host, error));
    const sent: ClientRequest = send(
      url,
      {
        method: call.method,
        headers: { 'user-agent': 'lifeboat', ...call.headers },
        lookup: guardedLookup(rules, undefined, refused),
        agent: false,
        signal: AbortSignal.timeout(timeout),
      },
      (response) => {
        collect(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), fail);
      },
    );
    sent.on('error', fail);
    sent.end(call.body);
  });
}

/** Throws `invalid` unless it is https, without a user, or plain HTTP to loopback on one machine. */
export function allowedUrl({ what, url: text, local }: Pick<GuardedCall, 'what' | 'url' | 'local'>): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fine = url?.protocol === 'https:' || (local && url?.protocol === 'http:' && isLoopback(url));
  if (url && fine && url.username === '' && url.password === '') return url;
  throw new LifeboatError('invalid', `${what}: the URL is not an https one`, {
    hint: 'give it as https://host/path, without a user',
  });
}

/** A host of this machine, as it is written in a URL. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxAnswer) {
      response.destroy();
      break;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Codes of the system only: a message of Node's may hold the URL. */
function unavailable(what: string, host: string, error: Error): LifeboatError {
  const code = (error as NodeJS.ErrnoException).code;
  const said =
    error.name === 'TimeoutError' || code === 'ABORT_ERR' ? 'no answer in time' : (code ?? 'no answer');
  return new LifeboatError('unavailable', `${what}: ${host} gave ${said}`, {
    hint: 'look for the host’s name, and whether it can be reached from here',
  });
}
