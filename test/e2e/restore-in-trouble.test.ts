import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeServerCertificates } from '../../local/certificates';
import type { ApiResponse, Cluster } from '../../shared/platform/kubernetes/port';
import { LifeboatError } from '../../shared/platform/errors';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, heldLease, RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';
import { configMap, namespace } from './restore/items';

/** Waits are short where a test shows what happens when they end. */
const hasty = { resources: 1_500, termination: 1_500, deletion: 1_500, poll: 100 };

describeWithRealCluster('restore into a real cluster in trouble', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
  });
  afterAll(() => target?.close());

  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));

  it('gets past a surviving webhook whose backend is in the lost namespace', async () => {
    const certificates = await makeServerCertificates({
      dns: ['localhost', 'hook.hooked.svc'],
      ip: ['127.0.0.1'],
    });
    const backend = await admit(certificates);
    const { port } = backend.address() as AddressInfo;
    await cluster().create(
      JSON.stringify({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'survivor' },
        webhooks: [
          {
            name: 'survivor.example.com',
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            failurePolicy: 'Fail',
            timeoutSeconds: 2,
            clientConfig: {
              service: { namespace: 'hooked', name: 'hook', path: '/', port },
              caBundle: Buffer.from(certificates.caCertificate).toString('base64'),
            },
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hooked' } },
            rules: [
              {
                apiGroups: ['', 'apps'],
                apiVersions: ['*'],
                operations: ['CREATE'],
                resources: ['configmaps', 'secrets'],
              },
            ],
          },
        ],
      }),
    );
    try {
      await rig.addBackup('hooked', [
        namespace('hooked'),
        ...Array.from({ length: 60 }, (_, index) => configMap('hooked', `settings-${index}`)),
        {
          groupResource: 'services',
          object: {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'hook', namespace: 'hooked' },
            // In place of pods and a proxy, which this cluster has none of: the API server follows an ExternalName itself.
            spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
          },
        },
      ]);
      const result = await restore(rig.job(target, 'hooked-1', { backupName: 'hooked' }));
      expect(result).toMatchObject({ phase: 'Completed', errors: 0, counts: { created: 62 } });

      await cluster().kubectl('delete', 'namespace', 'hooked', '--timeout=60s');
      const without = { backupName: 'hooked', excludedResources: ['services'] };
      const failed = await restore(rig.job(target, 'hooked-2', without), hasty);
      expect(failed).toMatchObject({
        phase: 'PartiallyFailed',
        errors: 60,
        counts: { created: 1, failed: 60 },
      });
      const reason = (await rig.outcomes('hooked-2')).find(({ name }) => name === 'settings-7')?.reason;
      expect(reason).toMatch(/failed calling webhook "survivor.example.com".*service "hook" not found/);
    } finally {
      await cluster().kubectl('delete', 'validatingwebhookconfiguration', 'survivor');
      backend.close();
    }
  }, 120_000);

  it('says what holds a namespace that stays Terminating: finalizers, and the APIService whose backend is gone', async () => {
    await cluster().kubectl('create', 'namespace', 'stuck');
    await cluster().create(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'held', namespace: 'stuck', finalizers: ['example.com/hold'] },
      }),
    );
    await cluster().create(
      JSON.stringify({
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1.dead.example.com' },
        spec: {
          group: 'dead.example.com',
          version: 'v1',
          groupPriorityMinimum: 100,
          versionPriority: 10,
          insecureSkipTLSVerify: true,
          service: { namespace: 'stuck', name: 'gone' },
        },
      }),
    );
    await cluster().kubectl('delete', 'namespace', 'stuck', '--wait=false');
    await cluster().kubectl(
      'wait',
      '--for=jsonpath={.status.phase}=Terminating',
      'namespace/stuck',
      '--timeout=20s',
    );
    await rig.addBackup('stuck', [namespace('stuck'), configMap('stuck', 'settings')]);
    const result = await restore(rig.job(target, 'stuck-1', { backupName: 'stuck' }), {
      ...hasty,
      termination: 8_000,
    });
    expect(result).toMatchObject({ phase: 'PartiallyFailed', errors: 1, counts: { failed: 2 } });
    const [error] = (await rig.results('stuck-1')).errors.cluster ?? [];
    expect(error).toMatch(/namespace stuck is still being deleted/);
    expect(error).toMatch(/APIService v1.dead.example.com is not available/);

    // The cause is taken away while the restore waits.
    const waiting = restore(rig.job(target, 'stuck-2', { backupName: 'stuck' }));
    await cluster().kubectl('delete', 'apiservice', 'v1.dead.example.com');
    await cluster().kubectl(
      '-n',
      'stuck',
      'patch',
      'configmap',
      'held',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    expect(await waiting).toMatchObject({ phase: 'Completed', counts: { created: 2 } });
    expect((await get('-n', 'stuck', 'configmap', 'settings')).data).toEqual({ a: '1' });
  }, 180_000);

  it('carries on through answers of 429 and requests that happened but were not answered', async () => {
    const names = Array.from({ length: 80 }, (_, index) => `settings-${index}`);
    await rig.addBackup('busy', [namespace('busy'), ...names.map((name) => configMap('busy', name))]);
    let asked = 0;
    const moody = around(target, async (request, send) => {
      if (request.method !== 'POST') return send();
      asked += 1;
      if (asked % 3 === 0) return tooManyRequests;
      if (asked % 5 !== 0) return send();
      // The answer to the first try was lost; the client's second try finds the object there.
      await send();
      return { ...(await send()), ambiguous: true };
    });
    const result = await restore(rig.job(moody, 'busy-1', { backupName: 'busy' }));
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0, counts: { created: 81 } });
    const list = await get('-n', 'busy', 'configmaps');
    expect(list.items.filter((one: TestObject) => names.includes(one.metadata.name))).toHaveLength(80);
  });

  it('stops at once when its lease is lost, and a later attempt finishes the same restore', async () => {
    await rig.addBackup('killed', [
      namespace('killed'),
      ...Array.from({ length: 200 }, (_, index) => configMap('killed', `settings-${index}`)),
    ]);
    const lease = heldLease();
    let creates = 0;
    let after = 0;
    const dying = around(target, async (request, send) => {
      if (lease.signal.aborted) after += 1;
      if (request.method === 'POST' && ++creates === 90)
        lease.lose(new LifeboatError('lost-lease', 'taken over'));
      return send();
    });
    await expect(restore(rig.job(dying, 'killed-1', { backupName: 'killed' }, { lease }))).rejects.toThrow(
      'taken over',
    );
    expect(after).toBe(0);
    expect(await rig.vault.head('restores/killed-1/restore-killed-1-results.gz')).toBeUndefined();

    const second = { lease: heldLease(2) };
    const result = await restore(rig.job(target, 'killed-1', { backupName: 'killed' }, second));
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0, counts: { created: 201 } });
  });
});

/** A webhook's backend that admits everything. */
async function admit(certificates: { certificate: string; key: string }): Promise<Server> {
  const server = createServer(
    { cert: certificates.certificate, key: certificates.key },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { uid } = JSON.parse(Buffer.concat(chunks).toString()).request;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            apiVersion: 'admission.k8s.io/v1',
            kind: 'AdmissionReview',
            response: { uid, allowed: true },
          }),
        );
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const tooManyRequests: ApiResponse = {
  status: 429,
  headers: {},
  body: Buffer.from(
    '{"kind":"Status","status":"Failure","reason":"TooManyRequests","message":"try again","code":429}',
  ),
  ambiguous: false,
};

/** A cluster with something between it and its user. */
function around(
  cluster: Cluster,
  request: (
    request: Parameters<Cluster['request']>[0],
    send: () => Promise<ApiResponse>,
  ) => Promise<ApiResponse>,
): Cluster {
  return {
    name: cluster.name,
    server: cluster.server,
    request: (one) => request(one, () => cluster.request(one)),
    discover: (options) => cluster.discover(options),
    close: () => {},
  };
}
