/** The part of ws 8 that is used: a client's socket, and a server for tests. The package ships no declarations. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';
  import type { Agent } from 'node:https';
  import type { Duplex } from 'node:stream';

  namespace WebSocket {
    interface ClientOptions {
      agent?: Agent;
      servername?: string;
      headers?: Record<string, string>;
      /** Bytes of the largest message taken; a larger one closes the socket with an error. */
      maxPayload?: number;
      perMessageDeflate?: boolean;
      followRedirects?: boolean;
    }
    interface ServerOptions {
      noServer: true;
      handleProtocols?(offered: Set<string>): string | false;
    }
    class WebSocketServer extends EventEmitter {
      constructor(options: ServerOptions);
      handleUpgrade(
        request: IncomingMessage,
        socket: Duplex,
        head: Buffer,
        done: (socket: WebSocket) => void,
      ): void;
    }
    /** The name by which declarations of other packages know the class. */
    type WebSocket = import('ws');
  }

  class WebSocket extends EventEmitter {
    constructor(url: string, protocols: string[], options: WebSocket.ClientOptions);
    readonly protocol: string;
    send(data: Buffer | string): void;
    ping(): void;
    /** Begins the closing handshake. */
    close(): void;
    /** Destroys the connection. */
    terminate(): void;
  }

  export = WebSocket;
}
