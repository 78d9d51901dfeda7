import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import { openContents } from '../../../../shared/formats/vault/archive/contents';
import { describeWithRealCluster } from '../../../harness/describe-with-real-cluster';
import { BackupRig, connected, objectsIn } from './backup-rig';

const fixtures = path.join(__dirname, '../../../fixtures/velero');

/** What the cluster behind the fixtures had and a control plane on loopback has not: a node, its storage, Velero itself. */
const notHere =
  /velero|snapshot\.storage|disk\.csi|^(nodes|csinodes|csidrivers|storageclasses|persistentvolumes|events|leases|ipaddresses)[. ]|-csi\b|csi-|^endpoints\S* default\/kubernetes/;

/** Names that the cluster makes up are left out of the comparison, not the objects. */
function comparable(objects: ReadonlyMap<string, string>): string[] {
  return [...objects.keys()]
    .filter((key) => !notHere.test(key))
    .map((key) =>
      key
        .replace(/^(pods shop\/web-).*/, '$1…')
        .replace(/^(pods shop-jobs\/migrate-).*/, '$1…')
        .replace(/^(endpointslices\S* shop\/(?:web|db)-).*/, '$1…')
        .replace(/(kube-apiserver-serving:).*/, '$1…')
        .replace(/^((?:controllerrevisions|replicasets)\.apps shop\/(?:db|web)-).*/, '$1…'),
    )
    .sort();
}

async function velero(name: string): Promise<string[]> {
  const file = path.join(fixtures, 'v1.18.3-kubernetes-v1.37.2/vault/backups', name, `${name}.tar.gz`);
  return comparable(await objectsIn(readFileSync(file)));
}

describeWithRealCluster('a backup of the shop on a real control plane', (real) => {
  let rig: BackupRig;
  let cluster: Cluster;

  beforeAll(async () => {
    rig = await BackupRig.start();
    cluster = await connected('a', real().kubeconfig);
    await real().create(readFileSync(path.join(fixtures, 'source/shop.yaml'), 'utf8'));
    for (let tries = 0; ; tries++) {
      try {
        await real().create(readFileSync(path.join(fixtures, 'source/custom.yaml'), 'utf8'));
        break;
      } catch (error) {
        if (tries === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    // Controllers make what the fixtures show: two pods of the Deployment, one of the StatefulSet, one of the Job.
    await until(
      async () => (await real().kubectl('get', 'pods', '-A', '-o', 'name')).trim().split('\n').length === 4,
    );
    await until(async () =>
      (await real().kubectl('get', 'endpointslices,endpoints', '-n', 'shop', '-o', 'name')).includes(
        'endpoints/web',
      ),
    );
  }, 120_000);

  afterAll(async () => {
    cluster?.close();
    await rig?.stop();
  });

  it.each<[string, BackupSpec]>([
    ['everything', { includedNamespaces: ['*'], includeClusterResources: true, snapshotVolumes: false }],
    ['shop-labels', { includedNamespaces: ['*'], labelSelector: { matchLabels: { app: 'web' } } }],
    [
      'scoped',
      {
        includedNamespaces: ['shop'],
        includedClusterScopedResources: ['*'],
        includedNamespaceScopedResources: ['configmaps', 'secrets', 'coupons.shop.example.com'],
        snapshotVolumes: false,
      },
    ],
    ['shop-fs', { includedNamespaces: ['shop', 'shop-jobs'], snapshotVolumes: false }],
  ])('%s holds what Velero 1.18.3 captured', async (name, spec) => {
    const { objects } = await rig.backUp(cluster, name, spec);
    expect(comparable(objects)).toEqual(await velero(name));
  });

  it('keeps every byte of a custom resource', async () => {
    const { objects } = await rig.backUp(cluster, 'bytes', { includedNamespaces: ['shop'] });
    const spring = objects.get('coupons.shop.example.com shop/spring');
    expect(spring).toContain('"serial":9007199254740993');
    const { body } = await cluster.request({
      method: 'GET',
      path: '/apis/shop.example.com/v1/namespaces/shop/coupons/spring',
    });
    expect(spring).toBe(body.toString('utf8').trim());
    expect(objects.get('coupons.shop.example.com shop/autumn')).toContain('"serial":-9223372036854775808');
  });

  it('is PartiallyFailed for the claim whose data and the hook that the database asks for', async () => {
    const { result, results } = await rig.backUp(cluster, 'asked', { includedNamespaces: ['shop'] });
    expect(result.phase).toBe('PartiallyFailed');
    expect(results.errors.namespaces?.shop).toEqual(
      expect.arrayContaining([
        expect.stringContaining('annotation pre.hook.backup.velero.io/command, container "db": failed'),
        expect.stringContaining('shop/data-db-0'),
      ]),
    );
  });

  it('names what a tenant made that no archive can hold, and can be read', async () => {
    const create = async (path: string, body: string) =>
      expect((await cluster.request({ method: 'POST', path, body })).status).toBe(201);
    await create('/api/v1/namespaces', '{"metadata":{"name":"hostile"}}');
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/hostile/roles';
    const names = ['a\u0001b', 'a\0b', '\u001b[2J', '中'.repeat(86), 'x'.repeat(254), 'good'];
    for (const name of names) await create(roles, JSON.stringify({ metadata: { name }, rules: [] }));
    const free = `${'{"a":'.repeat(1_100)}1${'}'.repeat(1_100)}`;
    await create(
      '/apis/shop.example.com/v1/namespaces/hostile/coupons',
      `{"apiVersion":"shop.example.com/v1","kind":"Coupon","metadata":{"name":"deep"},"spec":{"percent":1,"port":1,"serial":1,"free":${free}}}`,
    );
    const { result, results, objects } = await rig.backUp(cluster, 'hostile', {
      includedNamespaces: ['hostile', 'shop'],
      includedResources: ['roles', 'coupons.shop.example.com'],
    });
    expect(result.phase).toBe('PartiallyFailed');
    expect(results.errors.namespaces?.hostile).toHaveLength(6);
    expect([...objects.keys()].filter((key) => key.includes(' hostile/'))).toEqual([
      'roles.rbac.authorization.k8s.io hostile/good',
    ]);
    const contents = await openContents(rig.vault, 'hostile', { temporaryDirectory: tmpdir() });
    let read = 0;
    await contents.check(() => void read++);
    expect(read).toBe(objects.size);
    await contents.close();
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the controllers have not done their work');
}
