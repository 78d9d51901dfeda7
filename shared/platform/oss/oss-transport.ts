import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type OSS from 'ali-oss';

/**
 * The HTTP client under ali-oss, in place of urllib, which bounds a whole upload by one deadline, tells no connection
 * error from another and loses the headers of failed answers. ali-oss signs and parses; this carries.
 */

/** What became of one request, for those who must know more than ali-oss passes on. */
export interface Exchange {
  /** The connection stood, so the request may have reached OSS. */
  sent: boolean;
  /** An answer came, whatever its status. */
  response?: OSS.HttpResponse;
  /** Node's code (`ECONNRESET`), `ConnectTimeout`, `ResponseTimeout` or notFromOss, when no whole answer of OSS came. */
  failure?: string;
}

export interface Limits {
  /** Milliseconds until the connection must stand. */
  connect: number;
  /** Milliseconds in which nothing moves in either direction, until the request is given up. */
  idle: number;
}

/**
 * Bytes a millisecond. The socket is silent once the kernel has taken the rest of a body, so silence after an upload has
 * to last as long as the slowest network may take for it.
 */
const slowest = 128;

/**
 * The sockets of one store. A socket at rest is closed after 15 s, before OSS or a NAT forgets it. In an instance that was
 * frozen no timer ran: its sockets may all be dead, and the first call finds that out.
 */
export class Transport {
  readonly #pools: Pools = {
    http: new HttpAgent({ keepAlive: true, timeout: 15_000 }),
    https: new HttpsAgent({ keepAlive: true, timeout: 15_000 }),
  };
  /** For requests that must not go over a socket that was at rest. */
  readonly #fresh: Pools = { http: new HttpAgent(), https: new HttpsAgent() };

  /** An HTTP client for one call; `exchange` is filled while it runs. `fresh`: over a new connection. */
  client(exchange: Exchange, limits: Limits, { signal, fresh = false }: Route = {}): OSS.HttpClient {
    const pools = fresh ? this.#fresh : this.#pools;
    return { request: (url, args) => this.#send(url, args, exchange, limits, pools, signal) };
  }

  #send(
    url: string,
    args: OSS.HttpArguments,
    exchange: Exchange,
    limits: Limits,
    pools: Pools,
    signal: AbortSignal | undefined,
  ): Promise<OSS.HttpResult> {
    return new Promise((resolve, reject) => {
      // The path goes out as it was signed: URL would fold `.` and `..` segments of a key.
      const origin = /^https?:\/\/[^/?]+/.exec(url)![0];
      const { protocol, hostname, port } = new URL(origin);
      const secure = protocol === 'https:';
      const body = typeof args.content === 'string' ? Buffer.from(args.content) : args.content;
      const request = (secure ? httpsRequest : httpRequest)({
        agent: secure ? pools.https : pools.http,
        host: hostname,
        port: port || (secure ? 443 : 80),
        method: args.method,
        path: url.slice(origin.length) || '/',
        headers: withLength(args, body),
      });

      const giveUp = (failure: string) => {
        // An answer stands, whatever becomes of the rest of the body that it refused.
        if (!exchange.response) exchange.failure ??= failure;
        // A socket that died at rest did not die alone.
        if (request.reusedSocket && !exchange.response && failure !== 'Aborted') this.#dropIdle();
        request.destroy();
        reject(new TransportError(failure));
      };
      request.on('error', (error: NodeJS.ErrnoException) => giveUp(error.code ?? 'ConnectionError'));
      request.on('response', (response) => {
        collect(request, response, args, exchange).then(resolve, (error) =>
          giveUp((error as NodeJS.ErrnoException).code ?? 'ConnectionError'),
        );
      });
      const idle = limits.idle + (body?.length ?? 0) / slowest;
      watchConnection(request, secure, exchange, { ...limits, idle }, giveUp);
      abortWith(signal, request, () => giveUp('Aborted'));
      request.end(body);
    });
  }

  #dropIdle(): void {
    for (const agent of [this.#pools.http, this.#pools.https])
      for (const sockets of Object.values(agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
  }
}

interface Pools {
  http: HttpAgent;
  https: HttpsAgent;
}

export interface Route {
  signal?: AbortSignal;
  fresh?: boolean;
}

/** ali-oss reads `status` and `name`; -1 stands for a connection error. */
class TransportError extends Error {
  readonly status = -1;
  constructor(failure: string) {
    super(failure);
    this.name = 'TransportError';
  }
}

/** ali-oss counts the characters of an XML body where HTTP wants its bytes. */
function withLength(args: OSS.HttpArguments, body: Buffer | undefined): Record<string, string | number> {
  const headers: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(args.headers)) {
    if (name.toLowerCase() !== 'content-length') headers[name] = value;
  }
  if (body) headers['Content-Length'] = body.length;
  else if (args.method === 'PUT' || args.method === 'POST') headers['Content-Length'] = 0;
  return headers;
}

/** Covers the whole request, and the answer's body for as long as it is read. */
function abortWith(signal: AbortSignal | undefined, request: ClientRequest, abort: () => void): void {
  if (signal?.aborted) {
    abort();
    return;
  }
  signal?.addEventListener('abort', abort, { once: true });
  request.on('close', () => signal?.removeEventListener('abort', abort));
}

function watchConnection(
  request: ClientRequest,
  secure: boolean,
  exchange: Exchange,
  limits: Limits,
  giveUp: (failure: string) => void,
): void {
  const connecting = setTimeout(() => giveUp('ConnectTimeout'), limits.connect);
  request.on('close', () => clearTimeout(connecting));
  request.on('socket', (socket) => {
    const connected = () => {
      clearTimeout(connecting);
      exchange.sent = true;
    };
    if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected);
    else connected();
  });
  request.setTimeout(limits.idle, () => giveUp('ResponseTimeout'));
}

/** The failure of an exchange in which something else answered in OSS's place. */
export const notFromOss = 'NotFromOss';

/** Error bodies are short; whatever a proxy sends beyond that is not read. */
const errorBodyLimit = 64 * 1024;
const answerLimit = 64 * 1024 * 1024;

async function collect(
  request: ClientRequest,
  response: IncomingMessage,
  args: OSS.HttpArguments,
  exchange: Exchange,
): Promise<OSS.HttpResult> {
  const status = response.statusCode!;
  const { headers } = response;
  // A proxy or a login page may say 200 or 404: neither tells anything about an object.
  if (status < 500 && headers['x-oss-request-id'] === undefined) {
    response.destroy();
    throw Object.assign(new Error('not from OSS'), { code: notFromOss });
  }
  const failed = status >= 300;
  if (args.customResponse && !failed) {
    // From here on the reader watches the clock: a reader that pauses must not lose its connection.
    request.setTimeout(0);
    // A connection that breaks before the reader looks is reported to the reader, not to the process.
    response.on('error', () => {});
    exchange.response = { status, headers };
    return { status, headers, res: response };
  }
  let data = await readBody(response, failed ? errorBodyLimit : answerLimit);
  // A HEAD has its error in a header; ali-oss ignores it for 404 and calls a missing bucket a missing key.
  const headError = headers['x-oss-err'];
  if (failed && data.length === 0 && typeof headError === 'string') data = Buffer.from(headError, 'base64');
  exchange.response = { status, headers, data };
  return { status, headers, data, res: args.customResponse ? Readable.from([]) : exchange.response };
}

async function readBody(response: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > limit) break;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
