import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeServerCertificates } from '../../local/certificates';
import type { RealCluster } from '../../local/control-plane/real-cluster';

/** What an aggregated API server answers to any request for its group version. */
type AggregatedAnswer = { contentType?: string; body: string };

/** An aggregated API server on loopback, for several groups of one real cluster. */
export interface AggregatedApi {
  /** Registers a group, served as `v1`, and waits until the API server passes requests for it on. */
  serve(group: string, answer: AggregatedAnswer): Promise<void>;
  close(): void;
}

/** Starts an aggregated API server that answers as told, whatever is asked. */
export async function startAggregatedApi(cluster: RealCluster): Promise<AggregatedApi> {
  const { certificate, key } = await makeServerCertificates({ dns: ['localhost'], ip: ['127.0.0.1'] });
  const answers = new Map<string, AggregatedAnswer>();
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const group = /^\/apis\/([^/?]+)\/v1/.exec(request.url ?? '')?.[1] ?? '';
    const { contentType = 'application/json', body } = answers.get(group) ?? { body: '{}' };
    response.writeHead(answers.has(group) ? 200 : 404, { 'content-type': contentType });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await cluster.create(`
apiVersion: v1
kind: Service
metadata: {name: aggregated, namespace: kube-public}
spec: {type: ExternalName, externalName: localhost, ports: [{port: ${port}}]}
`);
  return {
    async serve(group, answer) {
      answers.set(group, answer);
      await cluster.create(`
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.${group}}
spec:
  group: ${group}
  version: v1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: {name: aggregated, namespace: kube-public, port: ${port}}
`);
      for (let tries = 0; tries < 100; tries++) {
        const told = await cluster.kubectl('get', '--raw', `/apis/${group}/v1`).catch(() => undefined);
        if (told === answer.body) return;
        await delay(100);
      }
      throw new Error(`the API server does not pass requests for ${group} on`);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
