import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';

/** Text that YAML would fold or refuse. */
const awkward = 'a\u0085b\u2028c\u007fd\ufeffe \u{1F600} \t: {}\r\n# no comment';

describeWithRealCluster('server-side apply by the original manager after a restore', (cluster) => {
  const rig = new RestoreRig();
  const folder = mkdtempSync(join(tmpdir(), 'owners-'));
  let target: Cluster;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    await cluster().create('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"was"}}');
    await cluster().create(
      JSON.stringify({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: {
          name: 'usual',
          annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
        },
        provisioner: 'example.com/none',
        volumeBindingMode: 'WaitForFirstConsumer',
      }),
    );
  });
  afterAll(() => {
    target?.close();
    rmSync(folder, { recursive: true });
  });

  const get = async (kind: string, name: string, namespace: string): Promise<TestObject> =>
    JSON.parse(
      await cluster().kubectl('get', kind, name, '-n', namespace, '-o', 'json', '--show-managed-fields'),
    );

  async function apply(manifest: TestObject, namespace: string, ...flags: string[]): Promise<void> {
    const file = join(folder, 'manifest.json');
    writeFileSync(file, JSON.stringify({ ...manifest, metadata: { ...manifest.metadata, namespace } }));
    await cluster().kubectl('apply', '-f', file, ...flags);
  }
  const gitops = ['--server-side', '--field-manager=argo'];

  async function restored(restoreName: string, groupResource: string, objects: TestObject[]) {
    const items = objects.map((object) => ({ groupResource, object }));
    await rig.addBackup(restoreName, items);
    const result = await restore(
      rig.job(target, restoreName, {
        backupName: restoreName,
        namespaceMapping: { was: restoreName },
      }),
    );
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0 });
  }

  const owners = (object: TestObject) =>
    object.metadata.managedFields
      .filter(({ subresource }: { subresource?: string }) => subresource !== 'status')
      .map(({ manager, operation }: Record<string, string>) => `${manager} ${operation}`)
      .sort();

  it('meets no conflict, and takes away what the manifest has no more (one manager)', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', annotations: { note: 'x' } },
      data: { a: '1', [`b.${'k'.repeat(200)}`]: 'x' },
    };
    await apply(manifest, 'was', ...gitops);
    const before = await get('configmap', 'settings', 'was');
    for (const texts of [before.data, before.metadata.annotations]) {
      for (const [key, text] of Object.entries(texts)) if (text === 'x') texts[key] = awkward;
    }
    await restored('one', 'configmaps', [before]);
    const live = await get('configmap', 'settings', 'one');
    await apply({ ...manifest, data: { a: '2' } }, 'one', ...gitops);

    expect(live.data).toEqual(before.data);
    expect(live.metadata.annotations).toEqual(before.metadata.annotations);
    expect(owners(live)).toEqual(['argo Apply']);
    expect((await get('configmap', 'settings', 'one')).data).toEqual({ a: '2' });
  });

  it('keeps a Deployment whose replicas and revision belong to others', async () => {
    const container = { name: 'web', image: 'web:1', env: [{ name: 'A', value: 'b' }] };
    const labels = { app: 'web' };
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    };
    await apply(manifest, 'was', ...gitops);
    await cluster().kubectl('scale', 'deployment', 'web', '-n', 'was', '--replicas=3');
    const before = await get('deployment', 'web', 'was');
    await restored('several', 'deployments.apps', [before]);
    const live = await get('deployment', 'web', 'several');
    const { env: _gone, ...rest } = container;
    const spec = { ...manifest.spec, template: { metadata: { labels }, spec: { containers: [rest] } } };
    await apply({ ...manifest, spec }, 'several', ...gitops);
    const after = await get('deployment', 'web', 'several');

    expect(owners(live)).toEqual(owners(before));
    expect(after.spec.replicas).toBe(3);
    expect(after.spec.template.spec.containers[0].env).toBeUndefined();
  });

  it('is not refused for what admission had filled in of a claim', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'disk' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    await apply(manifest, 'was', ...gitops);
    const before = await get('pvc', 'disk', 'was');
    await restored('claim', 'persistentvolumeclaims', [before]);
    await apply(manifest, 'claim', ...gitops);
    const after = await get('pvc', 'disk', 'claim');

    expect(after.spec.storageClassName).toBe('usual');
    expect(owners(after)).toEqual(owners(before));
  });

  it('takes over from a client-side apply as before', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'older' },
      data: { a: '1', b: '2' },
    };
    await apply(manifest, 'was');
    await restored('clientside', 'configmaps', [await get('configmap', 'older', 'was')]);
    const live = await get('configmap', 'older', 'clientside');
    await apply({ ...manifest, data: { a: '2' } }, 'clientside', '--server-side');

    expect(owners(live)).toEqual(['kubectl-client-side-apply Update']);
    expect((await get('configmap', 'older', 'clientside')).data).toEqual({ a: '2' });
  });

  it('meets no conflict after an update of what exists', async () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { a: '1' },
    };
    const before = await get('configmap', 'settings', 'was');
    await cluster().create('{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"again"}}');
    await apply({ ...manifest, data: { a: 'x', c: 'y' } }, 'again', ...gitops);
    await rig.addBackup('again', [{ groupResource: 'configmaps', object: before }]);
    const result = await restore(
      rig.job(
        target,
        'again',
        { backupName: 'again', namespaceMapping: { was: 'again' } },
        { conflicts: { policy: 'update' } },
      ),
    );
    const live = await get('configmap', 'settings', 'again');
    await apply({ ...manifest, data: { a: '3' } }, 'again', ...gitops);

    expect(result.counts).toMatchObject({ updated: 1 });
    expect(owners(live)).toEqual(['argo Apply']);
    expect((await get('configmap', 'settings', 'again')).data).toEqual({ a: '3' });
  });
});
