import { createServer, request as send, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeServerCertificates } from '../../local/certificates';
import { kubeconfigOf } from '../../local/control-plane/credentials';
import type { RealCluster } from '../../local/control-plane/real-cluster';

/** What a client is answered, and for which request. */
export interface GatewayAnswer {
  method: string;
  /** With the query. */
  path: string;
  status: number;
  contentType: string;
  body: Buffer;
  /** The header of the request. */
  authorization?: string;
}

/** How a gateway ends TLS. */
export type GatewayTls = Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'requestCert' | 'rejectUnauthorized'>;

/** A gateway on loopback that ends TLS, as those before an API server do. */
export interface Gateway {
  /** Leads to the cluster through the gateway. */
  kubeconfig: string;
  server: string;
  /** Looks at every answer and may change it; undefined leaves it as it is. Set anew by each test. */
  rewrite: (answer: GatewayAnswer) => Partial<GatewayAnswer> | undefined;
  /** True: a write is answered by `rewrite` alone, and never reaches the API server. */
  swallowsWrites: boolean;
  /** Refuses connections for some milliseconds, those that are open included, as while a control plane is upgraded. */
  goAway(ms: number): Promise<void>;
  close(): void;
}

/**
 * Starts a gateway before a real cluster that passes everything on unless told otherwise.
 * @param tls its certificate, where the test wants another than one of an authority of its own
 */
export async function startGateway(cluster: RealCluster, tls?: GatewayTls): Promise<Gateway> {
  const { certificate, key, caCertificate } = await makeServerCertificates({
    dns: ['localhost'],
    ip: ['127.0.0.1'],
  });
  const server: Server = createServer({ cert: certificate, key, ...tls }, (request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const { authorization } = headers;
    const answer = (given: GatewayAnswer) => {
      const { status, contentType, body } = { ...given, ...gateway.rewrite(given) };
      response.writeHead(status, { 'content-type': contentType, 'content-length': body.length });
      response.end(body);
    };
    if (method !== 'GET' && gateway.swallowsWrites) {
      request.resume().once('end', () => {
        answer({
          method,
          path: url,
          authorization,
          status: 502,
          contentType: 'text/plain',
          body: Buffer.from('swallowed'),
        });
      });
      return;
    }
    // Answers are read as text.
    const { host: _, 'accept-encoding': __, ...passed } = headers;
    const onward = send(
      `${cluster.server}${url}`,
      { method, headers: passed, ca: cluster.caCertificate },
      (answered) => {
        const chunks: Buffer[] = [];
        answered.on('data', (chunk: Buffer) => chunks.push(chunk));
        answered.once('end', () => {
          const contentType = answered.headers['content-type'] ?? '';
          const status = answered.statusCode ?? 502;
          answer({ method, path: url, authorization, status, contentType, body: Buffer.concat(chunks) });
        });
      },
    );
    onward.once('error', (error) => response.destroy(error));
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  let closed = false;
  const address = `https://127.0.0.1:${port}`;
  const gateway: Gateway = {
    kubeconfig: kubeconfigOf(address, caCertificate, cluster.token),
    server: address,
    rewrite: () => undefined,
    swallowsWrites: false,
    async goAway(ms) {
      server.close();
      server.closeAllConnections();
      await delay(ms);
      if (!closed) await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
    close: () => {
      closed = true;
      server.closeAllConnections();
      server.close();
    },
  };
  return gateway;
}
