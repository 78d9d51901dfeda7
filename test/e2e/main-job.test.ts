import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type BareApi, bareApi, bareAnswer, bareRequest } from '../../local/proof/bare-api';
import { compareSnapshots } from '../../local/proof/compare';
import { type SeenObject, type Snapshot, takeSnapshot } from '../../local/proof/snapshot';
import type { RunKind } from '../../shared/formats/manifests/run';
import { makeServerCertificates } from '../../local/certificates';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { type StartedMachine, startMachine } from '../harness/started-machine';
import { trickyManifests, webhookManifest } from './tricky-manifests';

jest.setTimeout(240_000);

const namespaces = ['shop', 'shop-jobs', 'tricky'];
/** Cluster-scoped objects that belong to the application and are lost with it. */
const lostBeside = [
  '/apis/rbac.authorization.k8s.io/v1/clusterroles/shop-coupons',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/shop-coupons',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/coupons.shop.example.com',
];
const shop = readFileSync(join(__dirname, '../../local/demo/shop.yaml'), 'utf8');
/** The shop in the versions that Kubernetes 1.20 serves. */
const oldShop = shop
  .replace('apiVersion: autoscaling/v2\n', 'apiVersion: autoscaling/v2beta2\n')
  .replace('apiVersion: policy/v1\n', 'apiVersion: policy/v1beta1\n')
  .replace('apiVersion: batch/v1\n', 'apiVersion: batch/v1beta1\n');

for (const { choice, application } of [
  { choice: 'current' as const, application: shop },
  { choice: 'old' as const, application: oldShop },
]) {
  describeWithRealCluster(
    `the main job on a real cluster (${choice})`,
    (cluster) => {
      let lifeboat: StartedMachine;
      let api: BareApi;
      let backend: Server;
      let before: Snapshot;

      beforeAll(async () => {
        lifeboat = await startMachine();
        await lifeboat.addCluster('home', cluster().kubeconfig);
        api = bareApi(cluster().kubeconfig);
        // A custom resource is refused until its definition is served: what failed is applied again.
        for (const manifests of [application, trickyManifests]) {
          await until(() =>
            cluster()
              .apply(manifests)
              .then(
                () => true,
                () => false,
              ),
          );
        }
        await until(async () => {
          const pods = await json(api, '/api/v1/namespaces/shop/pods');
          const claim = await json(api, '/api/v1/namespaces/tricky/persistentvolumeclaims/kept');
          return (
            (pods.items as unknown[]).length >= 3 && (claim.status as { phase?: string }).phase === 'Bound'
          );
        });
        const certificates = await makeServerCertificates({
          dns: ['localhost', 'hook.tricky.svc'],
          ip: ['127.0.0.1'],
        });
        backend = await admitAll(certificates);
        const { port } = backend.address() as AddressInfo;
        // Its Service is an ExternalName, which the API server follows itself: there are no pods and no proxy here.
        await cluster().apply(webhookManifest(port, certificates.caCertificate));
      }, 120_000);
      afterAll(async () => {
        backend?.close();
        api?.agent.destroy();
        await lifeboat?.close();
      });

      const raw = (path: string) => cluster().kubectl('get', '--raw', path);
      const reportOf = async (kind: RunKind, name: string) =>
        (await lifeboat.lifeboat([kind.slice(0, -1), 'describe', name])).out;
      /** Restores and fails with all that was said unless it ended as `expected`. */
      const restored = async (name: string, spec: object, expected: object, more: object = {}) => {
        const { ended } = await lifeboat.startRestore('home', name, { backupName: 'all', ...spec }, more);
        const result = await ended;
        const report = await reportOf('restores', name);
        expect({ ...result, report }).toMatchObject(expected);
        return { result, report };
      };

      it('backs up the application, its cluster-scoped companions, and says which API does not answer', async () => {
        before = await takeSnapshot(api);
        const result = await lifeboat.backUp('home', 'all', { includedNamespaces: namespaces });
        // What that API serves may be in the namespaces, and is not in the backup.
        expect({ ...result, report: await reportOf('backups', 'all') }).toMatchObject({
          phase: 'PartiallyFailed',
          errors: 1,
        });
        expect(await reportOf('backups', 'all')).toContain('dead.example.com');
      });

      it('is told what holds the namespaces, waits, and gives back every object as it was', async () => {
        for (const path of [...namespaces.map((name) => `/api/v1/namespaces/${name}`), ...lostBeside])
          await bareRequest(api, 'DELETE', path);
        const { ended } = await lifeboat.startRestore('home', 'back', { backupName: 'all' });
        await until(async () => {
          const message = (await lifeboat.progress('restores', 'back'))?.message ?? '';
          return (
            /namespace \S+ is still being deleted/.test(message) && message.includes('v1.dead.example.com')
          );
        });
        await bareRequest(api, 'DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1.dead.example.com');
        await until(async () => {
          const { status } = await json(api, '/api/v1/namespaces/tricky');
          return JSON.stringify(status).includes('example.com/hold');
        });
        for (const path of heldObjects) {
          const bare = '{"metadata":{"finalizers":null}}';
          await bareRequest(api, 'PATCH', path, bare, 'application/merge-patch+json');
        }
        const result = await ended;
        expect({ ...result, report: await reportOf('restores', 'back') }).toMatchObject({
          phase: 'Completed',
          errors: 0,
        });

        await until(async () => {
          const claim = await json(api, '/api/v1/namespaces/tricky/persistentvolumeclaims/kept');
          return (claim.status as { phase?: string }).phase === 'Bound';
        });
        const after = await takeSnapshot(api);
        const wrong = compareSnapshots(before, after).filter(
          ({ verdict }) => verdict === 'missing' || verdict === 'differs',
        );
        expect(wrong).toEqual([
          // The test took it away, to let the namespaces go.
          { key: 'apiservices.apiregistration.k8s.io v1.dead.example.com', verdict: 'missing' },
        ]);
        const equal = compareSnapshots(before, after).filter(
          ({ key, verdict }) => verdict === 'equal' && / (shop|shop-jobs|tricky)\//.test(key),
        );
        expect(equal.length).toBeGreaterThan(40);
        // Nothing is left from before: all of it was made again.
        for (const { key } of equal)
          expect([key, after.get(key)!.metadata.uid]).not.toEqual([key, before.get(key)!.metadata.uid]);
      });

      it('kept what a comparison of parsed objects does not show', async () => {
        expect(await raw('/apis/numbers.example.com/v1/namespaces/tricky/exacts/number')).toContain(
          '"spec":{"free":{"big":9007199254740993,"deep":[{"x":-9007199254740995}]},"port":8080,"ratio":0.1,"serial":9007199254740993}',
        );
        expect(await raw('/apis/numbers.example.com/v1/namespaces/tricky/exacts/text')).toContain(
          '"spec":{"port":"http","serial":9223372036854775807}',
        );
        const claim = await json(api, '/api/v1/namespaces/tricky/persistentvolumeclaims/kept');
        expect(claim.spec).toMatchObject({ volumeName: 'disk-kept' });
        const volume = await json(api, '/api/v1/persistentvolumes/disk-kept');
        expect(volume).toMatchObject({
          spec: { claimRef: { uid: claim.metadata.uid } },
          status: { phase: 'Bound' },
        });
        const chosen = await json(api, '/api/v1/namespaces/tricky/services/chosen');
        expect(chosen.spec).toMatchObject({ ports: [{ nodePort: 30181 }, { name: 'sql' }] });
        const account = await json(api, '/api/v1/namespaces/tricky/serviceaccounts/default');
        expect(account.imagePullSecrets).toEqual([{ name: 'registry' }]);
      });

      it('changes nothing the second time', async () => {
        const was = await takeSnapshot(api);
        const { result } = await restored('again', {}, { phase: 'Completed', errors: 0 });
        expect(result.counts).not.toHaveProperty('created');
        expect(result.counts).not.toHaveProperty('updated');
        expect(result.counts).not.toHaveProperty('different');
        expect(versions(await takeSnapshot(api))).toEqual(versions(was));
      });

      it('leaves what differs alone and says so, and brings it back with update', async () => {
        const settings = '/api/v1/namespaces/shop/configmaps/settings';
        const web = '/apis/apps/v1/namespaces/shop/deployments/web';
        const merge = 'application/merge-patch+json';
        await bareRequest(api, 'PATCH', settings, '{"data":{"banner":"changed"}}', merge);
        await bareRequest(
          api,
          'PATCH',
          web,
          '{"metadata":{"labels":{"app":"changed"}},"spec":{"minReadySeconds":7}}',
          merge,
        );
        const { report } = await restored(
          'left',
          { existingResourcePolicy: 'none' },
          { phase: 'Completed', counts: { different: 2 } },
        );
        expect(report).toContain('data.banner');
        expect(report).toContain('spec.minReadySeconds');
        expect(await json(api, settings)).toMatchObject({ data: { banner: 'changed' } });

        await restored(
          'updated',
          { existingResourcePolicy: 'update' },
          { phase: 'Completed', counts: { updated: 2 } },
        );
        const after = await takeSnapshot(api, ['shop']);
        const only = new Map([...before].filter(([key]) => / shop\//.test(key)));
        const wrong = compareSnapshots(only, after).filter(
          ({ verdict }) => verdict === 'missing' || verdict === 'differs',
        );
        expect(wrong).toEqual([]);
      });

      it('restores into another namespace, leaving the first alone', async () => {
        const was = await takeSnapshot(api, ['shop']);
        await restored(
          'mapped',
          { includedNamespaces: ['shop'], namespaceMapping: { shop: 'shop-copy' } },
          { phase: 'Completed', errors: 0 },
        );
        const copy = await takeSnapshot(api, ['shop-copy']);
        const only = new Map([...before].filter(([key]) => / shop(\/|$)/.test(key)));
        const wrong = compareSnapshots(only, copy, (name) => (name === 'shop' ? 'shop-copy' : name)).filter(
          ({ verdict }) => verdict === 'missing' || verdict === 'differs',
        );
        expect(wrong).toEqual([]);
        expect(versions(await takeSnapshot(api, ['shop']))).toEqual(versions(was));
      });

      it('restores a single object', async () => {
        const path = (name: string) => `/api/v1/namespaces/shop/configmaps/${name}`;
        for (const name of ['release', 'settings']) await bareRequest(api, 'DELETE', path(name));
        await restored(
          'one',
          {},
          { phase: 'Completed', counts: { created: 1 } },
          { object: { resource: 'configmaps', namespace: 'shop', name: 'release' } },
        );
        expect(await json(api, path('release'))).toMatchObject({ data: { version: '41' }, immutable: true });
        expect((await bareAnswer(api, 'GET', path('settings'))).status).toBe(404);
      });
    },
    { choice },
  );
}

/** Objects of the lost namespaces with a finalizer that nobody removes. */
const heldObjects = [
  '/api/v1/namespaces/tricky/configmaps/held',
  '/apis/numbers.example.com/v1/namespaces/tricky/exacts/held',
];

async function json(api: BareApi, path: string): Promise<SeenObject> {
  return JSON.parse((await bareRequest(api, 'GET', path)).toString()) as SeenObject;
}

/** resourceVersions of what no controller renews by itself, be it only in its status. */
function versions(snapshot: Snapshot): Record<string, string> {
  const lasting = [...snapshot].filter(
    ([key]) =>
      !/^(leases|events|endpoints|endpointslices|horizontalpodautoscalers|resourcequotas|replicasets|pods|deployments|statefulsets)[. ]/.test(
        key,
      ),
  );
  return Object.fromEntries(lasting.map(([key, { metadata }]) => [key, metadata.resourceVersion]));
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('what was waited for did not come within 90 s');
}

/** A webhook's backend that admits everything. */
async function admitAll(certificates: { certificate: string; key: string }): Promise<Server> {
  const server = createServer(
    { cert: certificates.certificate, key: certificates.key },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { request: review } = JSON.parse(Buffer.concat(chunks).toString()) as {
          request: { uid: string };
        };
        const answer = { uid: review.uid, allowed: true };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }),
        );
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
