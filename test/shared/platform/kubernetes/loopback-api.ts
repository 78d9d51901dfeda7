import { type IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  connect,
  type ConnectionDeps,
  type ConnectionOptions,
} from '../../../../shared/platform/kubernetes/connection';
import type { SanitisedKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import type { ExecCluster } from '../../../../shared/platform/kubernetes/port';
import type { Clock } from '../../../../shared/platform/clock';
import { makeServerCertificates, type ServerCertificates } from '../../../../local/certificates';

interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  socket: Socket;
}

/** Answers one request. `nth` counts from 1 over all requests. */
export type Answer = (received: Received, response: ServerResponse, nth: number) => void | Promise<void>;

/** A TLS server that misbehaves as a test tells it to. */
export interface LoopbackApi {
  server: string;
  kubeconfig: SanitisedKubeconfig;
  pki: ServerCertificates;
  received: Received[];
  /** TCP connections accepted so far. */
  connections(): number;
  answer: Answer;
  /** Answers a request to speak WebSocket; absent: it is answered as any other request. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  connect(options?: ConnectionOptions, deps?: Partial<ConnectionDeps>): Promise<ExecCluster>;
  /** Waits that the connection asked for, in milliseconds; they take no time. */
  waits: number[];
  close(): Promise<void>;
}

export const testToken = 'secret-token-of-the-loopback-test';

export async function startLoopbackApi(tls: ServerOptions = {}): Promise<LoopbackApi> {
  const pki = await makeServerCertificates({ dns: ['kubernetes'], ip: ['127.0.0.1'] });
  const received: Received[] = [];
  const waits: number[] = [];
  const sockets = new Set<Duplex>();
  let connections = 0;
  const server = createServer({ cert: pki.certificate, key: pki.key, ...tls }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const { method = '', url = '', headers, socket } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString(), socket };
      received.push(one);
      await api.answer(one, response, received.length);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    if (api.upgrade) return api.upgrade(request, socket, head);
    // The answer to a request that keeps speaking HTTP.
    const response = new ServerResponse(request);
    response.assignSocket(socket as Socket);
    server.emit('request', request, response);
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened: ExecCluster[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    monotonic: () => waits.reduce((all, one) => all + one, 0),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      waits.push(ms);
    },
  };
  const api: LoopbackApi = {
    server: origin,
    kubeconfig: {
      server: origin,
      caData: Buffer.from(pki.caCertificate).toString('base64'),
      token: testToken,
    },
    pki,
    received,
    waits,
    connections: () => connections,
    answer: (_, response) => json(response, 200, {}),
    connect: async (options = {}, deps = {}) => {
      const random = { fraction: () => 0.5, bytes: (count: number) => Buffer.alloc(count) };
      const cluster = await connect(
        'loop',
        api.kubeconfig,
        { clock, random, ...deps },
        { allowLoopback: true, ...options },
      );
      opened.push(cluster);
      return cluster;
    },
    close: async () => {
      for (const cluster of opened) cluster.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return api;
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A Status body as an API server writes it. */
export function failure(code: number, reason: string, message = reason, more: object = {}) {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    metadata: {},
    message,
    reason,
    code,
    ...more,
  };
}
