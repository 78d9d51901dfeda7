import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { gzip } from 'node:zlib';
import type { Clock } from '../../../shared/platform/clock';
import type { ServerCertificates } from '../../certificates';
import type { Authentication } from '../access/authentication';
import type { Answer } from './api-call';
import type { ClusterFaults, Fault } from './faults';
import { formatJson } from '../objects/json-text';
import type { Router } from './router';
import { StatusError } from './status-error';
import type { Storage } from '../objects/storage';
import { serveWatch } from './watch';

/** Bodies beyond this are refused, as the real server does. */
const bodyLimit = 3 * 1024 * 1024;
/** Answers from this size on are compressed for those who ask for it. */
const gzipFrom = 128 * 1024;

/** Takes requests over TLS: reads them, asks who sends them, lets faults strike, writes answers. */
export class HttpsFront {
  readonly #server: Server;
  readonly #watches = new Set<() => void>();

  constructor(
    certificate: ServerCertificates,
    private readonly context: {
      router: Router;
      storage: Storage;
      faults: ClusterFaults;
      authentication: Authentication;
      clock: Clock;
    },
  ) {
    this.#server = createServer(
      { key: certificate.key, cert: certificate.certificate, keepAliveTimeout: 120_000 },
      (request, response) => void this.#take(request, response),
    );
    this.#server.on('secureConnection', (socket) => socket.setNoDelay(true));
  }

  /** Listens on 127.0.0.1; gives the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  async close(): Promise<void> {
    for (const end of this.#watches) end();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, clock } = this.context;
    try {
      const url = new URL(request.url ?? '/', 'https://sandbox');
      const fault = faults.take(request.method ?? 'GET', url.pathname);
      if (fault?.reset === 'before') {
        request.socket.destroy();
        return;
      }
      const body = await readBody(request);
      if (fault?.delay) await clock.sleep(fault.delay);
      const answer = fault?.status ? refusal(fault) : this.#work(request, response, url, body);
      if (fault?.reset === 'after') {
        request.socket.destroy();
        return;
      }
      if (answer) send(request, response, answer);
    } catch (error) {
      if (response.headersSent || response.destroyed) return;
      send(request, response, errorAnswer(error));
    }
  }

  /** Undefined for a watch, which answers on its own. */
  #work(request: IncomingMessage, response: ServerResponse, url: URL, body: string): Answer | undefined {
    const { router, storage, authentication } = this.context;
    try {
      const user = authentication.user(request.headers.authorization);
      if (!user) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
      const routed = router.route({
        user,
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body,
      });
      if ('answer' in routed) return routed.answer;
      const end = serveWatch(storage, routed.watch, response);
      this.#watches.add(end);
      response.on('close', () => this.#watches.delete(end));
      return undefined;
    } catch (error) {
      return errorAnswer(error);
    }
  }
}

/** What is too large is read to its end all the same, so that the client gets its answer. */
async function readBody(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') {
    request.resume();
    return '';
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyLimit) chunks.push(chunk);
    });
    request.once('error', reject);
    request.once('end', () => {
      if (size > bodyLimit) {
        const message = `Request entity too large: limit is ${bodyLimit}`;
        reject(new StatusError(413, 'RequestEntityTooLarge', message));
      } else resolve(chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString());
    });
  });
}

function refusal(fault: Fault): Answer {
  const status = fault.status ?? 500;
  const reasons: Record<number, string> = {
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
    504: 'Timeout',
    410: 'Expired',
    403: 'Forbidden',
    409: 'Conflict',
  };
  const error = new StatusError(status, reasons[status], 'injected fault', {
    ...(fault.retryAfter === undefined ? {} : { retryAfterSeconds: fault.retryAfter }),
  });
  const headers = fault.retryAfter === undefined ? undefined : { 'retry-after': String(fault.retryAfter) };
  return { status, body: formatJson(error.body()), headers };
}

function errorAnswer(error: unknown): Answer {
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(
          500,
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
  return { status: status.code, body: formatJson(status.body()) };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const headers: Record<string, string | number> = {
    'content-type': answer.contentType ?? 'application/json',
    'cache-control': 'no-cache, private',
    ...answer.headers,
  };
  const length = Buffer.byteLength(answer.body);
  if (length < gzipFrom || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    response.writeHead(answer.status, { ...headers, 'content-length': length });
    // As a string it leaves in one piece with the headers.
    response.end(answer.body);
    return;
  }
  gzip(answer.body, { level: 1 }, (error, compressed) => {
    if (error) {
      response.destroy(error);
      return;
    }
    response.writeHead(answer.status, {
      ...headers,
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      'content-length': compressed.length,
    });
    response.end(compressed);
  });
}
