import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Agent, type RequestOptions, request } from 'node:https';
import type { Socket } from 'node:net';
import { LifeboatError } from '../errors';
import { collectBody, DamagedBody, OversizedBody } from './collect-body';
import type { ApiRequest, ApiResponse } from './port';

/** One try of a request that got no whole answer. */
export class BrokenExchange extends Error {
  constructor(
    message: string,
    /** Node's code of the failure, for example `ECONNRESET`; `ETIMEDOUT` for our own time limit. */
    readonly code: string,
    /** The request may have reached the server. */
    readonly sent: boolean,
    /** The server may be away, and this is not about the request: it was not reached, or broke off before it answered. */
    readonly away: boolean,
    /** Broke on a connection that had served a request before: the server had closed it in the meantime. */
    readonly reusedSocket: boolean,
  ) {
    super(message);
    this.name = 'BrokenExchange';
  }
}

/** A body larger than the caller takes. Asking for less (a smaller page) may work. */
export class ResponseTooLarge extends LifeboatError {
  constructor(
    what: string,
    readonly maxBytes: number,
  ) {
    super('unavailable', `${what}: the answer is larger than ${maxBytes} bytes`);
    this.name = 'ResponseTooLarge';
  }
}

/** Where and how to send: made once for a connection. */
export interface Endpoint {
  agent: Agent;
  options: Pick<RequestOptions, 'host' | 'port' | 'servername'>;
  /** In front of every path; empty for most servers. */
  prefix: string;
  headers: Record<string, string>;
}

/**
 * Sends a request once and collects the answer, whatever its status. Rejects with BrokenExchange, with
 * ResponseTooLarge, with a LifeboatError from the address check, or with the signal's reason.
 */
export async function exchange(
  endpoint: Endpoint,
  call: ApiRequest & { timeout: number; maxBytes: number },
): Promise<Omit<ApiResponse, 'ambiguous'>> {
  call.signal?.throwIfAborted();
  const { response, body } = await send(endpoint, call);
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body };
}

function send(
  endpoint: Endpoint,
  call: ApiRequest & { timeout: number; maxBytes: number },
): Promise<{ response: IncomingMessage; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const body = typeof call.body === 'string' ? Buffer.from(call.body) : call.body;
    const headers: Record<string, string | number> = {
      ...endpoint.headers,
      accept: call.accept ?? 'application/json',
      'accept-encoding': 'gzip',
    };
    if (body) {
      headers['content-type'] = call.contentType ?? 'application/json';
      headers['content-length'] = body.length;
    }
    const sent = request({
      ...endpoint.options,
      agent: endpoint.agent,
      method: call.method,
      path: endpoint.prefix + call.path,
      headers,
    });
    let connected = false;
    let reused = false;
    let answered = false;
    let settled = false;
    const settle = (act: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', abort);
      act();
    };
    const fail = (error: unknown) => {
      settle(() => reject(error));
      sent.destroy();
    };
    const abort = () => fail(call.signal?.reason);
    const broken = (error: NodeJS.ErrnoException) => {
      if (error instanceof LifeboatError) return fail(error);
      fail(new BrokenExchange(error.message, error.code ?? 'EUNKNOWN', connected, !answered, reused));
    };
    const timer = setTimeout(() => {
      const message = `no answer within ${call.timeout} ms`;
      fail(new BrokenExchange(message, 'ETIMEDOUT', connected, !connected, false));
    }, call.timeout);
    if (call.signal) {
      // Many requests in flight share one signal; that is no leak.
      setMaxListeners(0, call.signal);
      call.signal.addEventListener('abort', abort, { once: true });
    }

    sent.once('socket', (socket) => {
      // `reusedSocket` is not set for a request that had waited for a socket to become free.
      reused = connected = !(socket as Socket & { secureConnecting?: boolean }).secureConnecting;
      if (connected) return;
      socket.once('secureConnect', () => {
        connected = true;
      });
    });
    sent.on('error', broken);
    sent.once('response', (response) => {
      answered = true;
      collectBody(response, call.maxBytes, call.buffers).then(
        (collected) => settle(() => resolve({ response, body: collected })),
        (error) => {
          if (error instanceof OversizedBody)
            return fail(new ResponseTooLarge(`${call.method} ${call.path}`, call.maxBytes));
          if (error instanceof DamagedBody)
            return fail(
              new BrokenExchange('the compressed answer is damaged', 'EBADBODY', true, false, false),
            );
          broken(error);
        },
      );
    });
    sent.end(body);
  });
}
