import type { IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import WebSocket from 'ws';
import { collectBody } from './collect-body';

/** Where a socket of one connection leads: the same guards as the connection's requests have. */
export interface SocketEndpoint {
  /** With the guarded lookup, the credentials' certificates and the check of the server's name. */
  agent: Agent;
  servername: string;
  headers: Record<string, string>;
}

/** What ended a socket before the command's status came. */
export type SocketEnd =
  | { why: 'refused'; status: number; body: Buffer }
  | { why: 'failed'; opened: boolean; error: NodeJS.ErrnoException }
  | { why: 'closed' };

/** API servers send 32 KiB at a time. */
const maxFrame = 1024 * 1024;
const maxRefusal = 64 * 1024;
/** Current subprotocols: the older ones tell no exit code. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** Milliseconds between two pings: load balancers cut connections that are silent for a minute. */
const pingEvery = 15_000;
const maxUnanswered = 2;

/**
 * The socket that client-node's `Exec` works with. It hands on only frames that client-node can read: others make it throw
 * where nothing catches, and the server is not trusted. `ended` is called once, and never after `close`.
 */
export class ExecSocket {
  onopen?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: { data: Buffer }) => void;
  readonly #socket: WebSocket;
  readonly #ended: (end: SocketEnd) => void;
  #opened = false;
  #unanswered = 0;
  #pings: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(url: string, endpoint: SocketEndpoint, ended: (end: SocketEnd) => void) {
    this.#ended = ended;
    this.#socket = new WebSocket(url, protocols, {
      ...endpoint,
      maxPayload: maxFrame,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#socket.on('open', () => this.#open());
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => this.#message(data, isBinary));
    this.#socket.on('pong', () => {
      this.#unanswered = 0;
    });
    this.#socket.on('unexpected-response', (_: unknown, response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      collectBody(response, maxRefusal, undefined).then(
        (body) => this.#end({ why: 'refused', status, body }),
        () => this.#end({ why: 'refused', status, body: Buffer.alloc(0) }),
      );
    });
    this.#socket.on('error', (error: Error) => this.#fail(error));
    this.#socket.on('close', () => this.#end({ why: 'closed' }));
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  /** Ends the connection at once. */
  close(): void {
    this.#isOver = true;
    clearInterval(this.#pings);
    this.#socket.terminate();
  }

  #open(): void {
    this.#opened = true;
    this.#pings = setInterval(() => {
      if (this.#unanswered++ < maxUnanswered) return this.#socket.ping();
      this.#fail(new Error('the server no longer answers'));
    }, pingEvery);
    this.onopen?.();
  }

  #message(data: Buffer, isBinary: boolean): void {
    if (this.#isOver) return;
    if (isBinary && isReadable(data)) this.onmessage?.({ data });
    else this.#fail(new Error('the server sent a frame that is not of the exec protocol'));
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#end({ why: 'failed', opened: this.#opened, error });
  }

  #end(end: SocketEnd): void {
    if (this.#isOver) return;
    this.close();
    this.#ended(end);
    // client-node waits for it before the socket has opened.
    this.onerror?.(new Error(end.why));
  }
}

/** Output, or a status in JSON. */
function isReadable(data: Buffer): boolean {
  const channel = data[0];
  if (channel === 1 || channel === 2) return true;
  if (channel !== 3) return false;
  try {
    const status = JSON.parse(data.subarray(1).toString('utf8')) as unknown;
    return typeof status === 'object' && status !== null;
  } catch {
    return false;
  }
}
