import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { type AggregatedApi, startAggregatedApi } from '../harness/aggregated-api';
import { describeWithRealCluster, type RealClusterChoice } from '../harness/describe-with-real-cluster';
import { type WorkingInstallation, workingInstallation } from '../harness/working-installation';

const key = Buffer.alloc(32, 7).toString('base64');
const resourceList = (group: string, resources: unknown) =>
  JSON.stringify({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/v1`, resources });

describe.each<[string, RealClusterChoice]>([
  ['v1.24, which passes each discovery on', 'bridge'],
  ['v1.37, which gathers them', 'current'],
])('aggregated APIs of Kubernetes %s', (_, choice) => {
  describeWithRealCluster(
    'are no obstacle',
    (cluster) => {
      let api: AggregatedApi;
      let lifeboat: WorkingInstallation;
      beforeAll(async () => {
        api = await startAggregatedApi(cluster());
      });
      beforeEach(async () => {
        lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: key });
        await addCluster(lifeboat.installation, { name: 'a', kubeconfig: cluster().kubeconfig });
      });
      afterAll(() => api?.close());

      const errorsOf = (backup: string) => {
        const { body } = lifeboat.bucket.objects.get(`vault/backups/${backup}/${backup}-results.gz`)!;
        const { errors } = JSON.parse(gunzipSync(body).toString());
        return Object.values<unknown>(errors ?? {}).map((one) => JSON.stringify(one));
      };

      it('where one has null in place of its list of resources: the backup is Completed', async () => {
        await api.serve('null.example.com', { body: resourceList('null.example.com', null) });
        expect(await lifeboat.backUp('a', 'null')).toMatchObject({ phase: 'Completed', errors: 0 });
      });

      it('where some cannot be read: each is a miss of the backup, and a restore goes on', async () => {
        const html = '<html><body>Please log in</body></html>';
        await Promise.all([
          api.serve('page.example.com', { contentType: 'text/html', body: html }),
          api.serve('odd.example.com', { body: resourceList('odd.example.com', { a: 1 }) }),
        ]);
        const result = await lifeboat.backUp('a', 'odd');
        const named = errorsOf('odd').join('\n');

        expect(result.phase).toBe('PartiallyFailed');
        for (const group of ['page', 'odd']) expect(named).toContain(`${group}.example.com`);
        const restored = await lifeboat.restore('a', 'again', {
          backupName: 'odd',
          includedNamespaces: ['kube-public'],
          namespaceMapping: { 'kube-public': 'copy' },
        });
        expect(restored).toMatchObject({ errors: 0 });
        expect(restored.counts.created).toBeGreaterThan(0);
      });
    },
    { choice },
  );
});
