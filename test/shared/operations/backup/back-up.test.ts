import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import { backUp as attempt } from '../../../../shared/operations/backup/back-up';
import type { BackupJob } from '../../../../shared/operations/backup/job';
import { ended } from '../../../harness/ended';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import { LifeboatError } from '../../../../shared/platform/errors';
import type { BackupRequest } from '../../../../shared/formats/manifests/run';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { backupDirectory } from '../../../../shared/formats/vault/backup-directories';
import { BackupRig, connected, countByResource, heldLease, objectsIn } from './backup-rig';

/** None of these backups pauses. */
const backUp = async (job: BackupJob) => ended(await attempt(job));

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: hidden, labels: {velero.io/exclude-from-backup: "true"}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: coupons.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {plural: coupons, singular: coupon, kind: Coupon}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: shop-high}
value: 1000
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop-reader}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: shop-reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: shop-reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-data}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}, claimRef: {namespace: shop, name: data}, storageClassName: manual}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: manual, volumeName: pv-data, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec:
  serviceAccountName: web
  priorityClassName: shop-high
  containers: [{name: db, image: db}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, labels: {app: web}}
data: {currency: CNY}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: scratch, namespace: shop, labels: {velero.io/exclude-from-backup: "true", app: web}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: unseen, namespace: hidden, labels: {app: web}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: leaving, namespace: shop, labels: {app: web}, finalizers: [example.com/wait]}
---
apiVersion: shop.example.com/v1
kind: Coupon
metadata: {name: spring, namespace: shop}
spec: {serial: 9007199254740993}
`;

let rig: BackupRig;
let sandbox: SandboxCluster;
let cluster: Cluster;
let count = 0;

beforeAll(async () => {
  rig = await BackupRig.start();
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load(shop);
  await sandbox.settled();
  cluster = await connected('a', sandbox.kubeconfig);
  await cluster.request({ method: 'DELETE', path: '/api/v1/namespaces/shop/configmaps/leaving' });
});

afterAll(async () => {
  cluster?.close();
  await sandbox?.close();
  await rig?.stop();
});

afterEach(() => sandbox.faults.clear());

const run = (spec: BackupSpec, more?: Partial<BackupRequest>) =>
  rig.backUp(cluster, `backup-${++count}`, spec, more);

describe('a backup of a namespace', () => {
  it('holds its objects, byte for byte, and what they need of the cluster, and nothing else', async () => {
    const { objects, result, backup, catalogue, resourceList } = await run({ includedNamespaces: ['shop'] });
    const counts = countByResource(objects);
    expect(counts).toMatchObject({
      namespaces: 1,
      pods: 1,
      persistentvolumeclaims: 1,
      persistentvolumes: 1,
      'priorityclasses.scheduling.k8s.io': 1,
      'clusterrolebindings.rbac.authorization.k8s.io': 1,
      'clusterroles.rbac.authorization.k8s.io': 1,
      'customresourcedefinitions.apiextensions.k8s.io': 1,
      'coupons.shop.example.com': 1,
    });
    expect(counts).not.toHaveProperty('nodes');
    expect(objects.get('coupons.shop.example.com shop/spring')).toContain('"serial":9007199254740993');
    expect(JSON.parse(objects.get('configmaps shop/settings')!)).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { currency: 'CNY' },
    });
    expect(objects.has('configmaps shop/scratch')).toBe(false);
    expect(objects.has('configmaps shop/leaving')).toBe(false);
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, counts: { items: objects.size } });
    expect(backup.status).toMatchObject({ phase: 'Completed', progress: { itemsBackedUp: objects.size } });
    expect(catalogue.counts).toEqual(counts);
    expect(resourceList['v1/PersistentVolume']).toEqual(['pv-data']);
  });

  it('names the claim whose data it does not hold', async () => {
    const { volumeInfo, results } = await run({ includedNamespaces: ['shop'] });
    expect(volumeInfo).toEqual([
      expect.objectContaining({ pvcName: 'data', pvcNamespace: 'shop', pvName: 'pv-data', skipped: true }),
    ]);
    expect(results.warnings.namespaces?.shop).toEqual([expect.stringContaining('shop/data')]);
  });

  it('pulls nothing in of the cluster when includeClusterResources is false', async () => {
    const { objects } = await run({ includedNamespaces: ['shop'], includeClusterResources: false });
    const counts = countByResource(objects);
    for (const name of [
      'persistentvolumes',
      'priorityclasses.scheduling.k8s.io',
      'clusterroles.rbac.authorization.k8s.io',
    ]) {
      expect(counts).not.toHaveProperty([name]);
    }
    expect(counts).not.toHaveProperty(['customresourcedefinitions.apiextensions.k8s.io']);
    expect(counts.namespaces).toBe(1);
  });
});

describe('a backup of namespaces by their labels', () => {
  const spec = { includedNamespacesByLabel: ['backup=daily'] };

  it('that match nothing is refused, and one of a schedule is made with the error and holds no namespace', async () => {
    const refused = rig.job(cluster, 'by-label-refused', spec);
    expect(await backUp(refused)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('no namespace of the cluster matches "backup=daily"'),
    });
    const schedule = { name: 'daily', slot: '2026-12-01T00:00:00Z' };
    const { result, objects, backup } = await run(spec, { schedule });
    expect(result.phase).toBe('PartiallyFailed');
    expect([...objects.keys()].filter((key) => key.startsWith('namespaces '))).toEqual([]);
    expect(backup.spec.excludedNamespaces).toEqual(['*']);
  });

  it('covers a namespace that is made later, by itself', async () => {
    const labels = { backup: 'daily' };
    const body = Buffer.from(
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh', labels } }),
    );
    await cluster.request({ method: 'POST', path: '/api/v1/namespaces', body });
    const { objects, backup, log, result } = await run(spec);
    await cluster.request({ method: 'DELETE', path: '/api/v1/namespaces/fresh' });
    expect([...objects.keys()].filter((key) => key.startsWith('namespaces '))).toEqual(['namespaces fresh']);
    expect(backup.spec.includedNamespaces).toEqual(['fresh']);
    expect(backup.metadata.annotations).toMatchObject({
      'lifeboat/included-namespaces-by-label': '["backup=daily"]',
    });
    expect(log).toContain('label selectors include namespaces fresh');
    expect(result.phase).toBe('Completed');
  });
});

describe('a backup with volume policies', () => {
  const withPolicy = (type: 'skip' | 'fs-backup' | 'snapshot', more: BackupSpec = {}) =>
    run({
      includedNamespaces: ['shop'],
      resourcePolicies: { version: 'v1', volumePolicies: [{ conditions: {}, action: { type } }] },
      ...more,
    });

  it('that leave the claim out says so without a warning', async () => {
    const { volumeInfo, results } = await withPolicy('skip');
    expect(volumeInfo).toMatchObject([{ pvcName: 'data', skippedReason: 'volume policy 1 says skip' }]);
    expect(results.warnings.namespaces?.shop ?? []).toEqual([]);
  });

  it('that ask for what cannot be had is PartiallyFailed, also where no snapshots are wanted', async () => {
    const { result, results } = await withPolicy('fs-backup', { snapshotVolumes: false });
    expect(result.phase).toBe('PartiallyFailed');
    expect(results.errors.namespaces?.shop).toContainEqual(
      expect.stringMatching(
        /claim shop\/data was asked for .*does not copy the files .*volume policy 1 says fs-backup/,
      ),
    );
  });

  it('take no snapshot where snapshotVolumes is false', async () => {
    const { volumeInfo, result } = await withPolicy('snapshot', { snapshotVolumes: false });
    expect(volumeInfo).toMatchObject([
      { skipped: true, skippedReason: 'volume policy 1 says snapshot; snapshotVolumes is false' },
    ]);
    expect(result.phase).toBe('Completed');
  });
});

describe('a backup with the lists of a policy', () => {
  it('holds what they leave, and is kept with them in its spec', async () => {
    const { objects, backup } = await run({
      includedNamespaces: ['shop'],
      resourcePolicies: {
        version: 'v1',
        includeExcludePolicy: {
          excludedNamespaceScopedResources: ['cm'],
          excludedClusterScopedResources: ['pv'],
        },
      },
    });
    const counts = countByResource(objects);
    expect(counts).not.toHaveProperty('configmaps');
    expect(counts).not.toHaveProperty('persistentvolumes');
    expect(counts).toMatchObject({ pods: 1 });
    expect(backup.spec.excludedNamespaceScopedResources).toContain('cm');
  });
});

describe('a backup by labels', () => {
  it('holds what matches, the namespaces of it, and what a pod needs though that does not match', async () => {
    const { objects } = await run({
      includedNamespaces: ['*'],
      labelSelector: { matchLabels: { app: 'db' } },
    });
    // With a namespace labelled to be left out, Velero stores every other Namespace object.
    const others = [...objects.keys()].filter((key) => !key.startsWith('namespaces ')).sort();
    expect(objects.has('namespaces shop')).toBe(true);
    expect(others).toEqual([
      'persistentvolumeclaims shop/data',
      'persistentvolumes pv-data',
      'pods shop/db',
      'priorityclasses.scheduling.k8s.io shop-high',
    ]);
  });

  it('with several selectors holds each object once', async () => {
    const { archive, objects } = await run({
      includedNamespaces: ['shop'],
      includedResources: ['configmaps'],
      orLabelSelectors: [
        { matchLabels: { app: 'web' } },
        { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
      ],
    });
    expect([...objects.keys()]).toEqual(['configmaps shop/settings']);
    expect(await objectsIn(archive)).toEqual(objects);
  });
});

describe('orderedResources', () => {
  it('puts what it names first, once, and warns of what does not exist', async () => {
    const { objects, results, catalogue } = await run({
      includedNamespaces: ['shop'],
      includedResources: ['serviceaccounts'],
      orderedResources: { serviceaccounts: 'shop/web,shop/none' },
    });
    expect([...objects.keys()].slice(0, 2)).toEqual([
      'serviceaccounts shop/web',
      'serviceaccounts shop/default',
    ]);
    expect(catalogue.counts.serviceaccounts).toBe(2);
    expect(JSON.stringify(results.warnings)).toContain('shop/none');
  });
});

describe('a backup of everything', () => {
  it('leaves out a namespace that is labelled so', async () => {
    const { objects } = await run({ includedNamespaces: ['*'], includeClusterResources: true });
    expect([...objects.keys()].filter((key) => key.includes('hidden'))).toEqual([]);
    expect(objects.has('persistentvolumes pv-data')).toBe(true);
  });

  it('warns that it is not of everything where a namespace is labelled so, and excludes it by name', async () => {
    const { objects, results, log, backup, result } = await run({
      includedNamespaces: ['*'],
      labelSelector: { matchLabels: { app: 'web' } },
    });
    expect(objects.has('configmaps shop/settings')).toBe(true);
    expect(results.warnings.velero).toEqual([
      expect.stringMatching(/namespace hidden is labelled .*includedClusterScopedResources: \["\*"\]/),
    ]);
    expect(log).toContain('namespace hidden is labelled velero.io/exclude-from-backup');
    expect(result.phase).toBe('Completed');
    expect(backup.spec.excludedNamespaces).toEqual(['hidden']);
  });
});

describe('what a backup misses', () => {
  const slips: [string, BackupSpec, string][] = [
    ['a namespace', { includedNamespaces: ['shop', 'lost'] }, 'includedNamespaces names "lost"'],
    ['a pattern of namespaces', { includedNamespaces: ['shop', 'lost-*'] }, 'names "lost-*"'],
    ['an excluded namespace', { includedNamespaces: ['*'], excludedNamespaces: ['hiden'] }, '"hidden"?'],
    [
      'a resource',
      { includedNamespaces: ['shop'], includedResources: ['configmaps', 'secretz'] },
      'includedResources names "secretz"',
    ],
    [
      'an excluded resource',
      { includedNamespaces: ['shop'], excludedResources: ['secretz'] },
      'excludedResources names "secretz"',
    ],
    [
      'a resource of an order',
      { includedNamespaces: ['shop'], orderedResources: { secretz: 'shop/a' } },
      'orderedResources names "secretz"',
    ],
    [
      'a resource of an order that is no plural',
      { includedNamespaces: ['shop'], orderedResources: { 'deployments.apps': 'shop/a' } },
      'orderedResources names "deployments.apps"',
    ],
    [
      'a resource of the other scope',
      { includedNamespaces: ['shop'], includedNamespaceScopedResources: ['nodes'] },
      'which is cluster-scoped',
    ],
    [
      'a selector',
      { includedNamespaces: ['shop'], labelSelector: { matchLabels: { app: 'webb' } } },
      'selector app=webb matches nothing (0 items)',
    ],
    [
      'one of several selectors',
      {
        includedNamespaces: ['shop'],
        orLabelSelectors: [{ matchLabels: { app: 'web' } }, { matchLabels: { app: 'webb' } }],
      },
      'selector app=webb matches nothing',
    ],
    [
      'a selection',
      { includedNamespaces: ['shop'], includedResources: ['cronjobs'] },
      'match nothing in the cluster (0 items)',
    ],
    [
      'a selection that leaves nothing but namespaces',
      { includedNamespaces: ['shop'], includedNamespaceScopedResources: ['cronjobs'] },
      'match nothing in the cluster (0 items)',
    ],
  ];

  it.each(slips)('fails on demand where %s matches nothing, and makes nothing', async (_, spec, said) => {
    const name = `backup-${++count}`;
    const result = await backUp(rig.job(cluster, name, spec));
    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringContaining(said) });
    const left: string[] = [];
    for await (const page of rig.vault.list(`backups/${name}/`))
      left.push(...page.objects.map(({ key }) => key));
    for await (const { key } of rig.vault.uploads(`backups/${name}/`)) left.push(key);
    expect(left).toEqual([]);
  });

  it.each(slips)(
    'is an error in the backup of a schedule where %s matches nothing',
    async (_, spec, said) => {
      const { result, results } = await run(spec, {
        schedule: { name: 'nightly', slot: '2026-12-01T00:00:00Z' },
      });
      expect(result.phase).toBe('PartiallyFailed');
      expect(results.errors.velero).toContainEqual(expect.stringContaining(said));
    },
  );

  it('is an error when a resource may not be listed, anywhere', async () => {
    sandbox.faults.add({ path: '/secrets', status: 403, count: 100 });
    const { result, results, objects } = await run({ includedNamespaces: ['shop'] });
    expect(result.phase).toBe('PartiallyFailed');
    expect(results.errors.namespaces?.shop).toEqual([expect.stringContaining('secrets')]);
    expect(objects.has('configmaps shop/settings')).toBe(true);
  });

  it('is nothing when a resource may be listed namespace by namespace only', async () => {
    sandbox.faults.add({ path: /^\/api\/v1\/configmaps/, status: 403, count: 100 });
    const { result, results, objects } = await run({
      includedNamespaces: ['*'],
      includedResources: ['configmaps'],
    });
    expect(result.phase).toBe('Completed');
    expect(objects.has('configmaps shop/settings')).toBe(true);
    expect(JSON.stringify(results.warnings)).toContain('namespace by namespace');
  });

  it('is an error when an API group does not answer, but a warning for metrics', async () => {
    sandbox.faults.staleGroup('billing.example.com', 'v1');
    sandbox.faults.staleGroup('custom.metrics.k8s.io', 'v1beta1');
    const { result, results } = await run({ includedNamespaces: ['shop'] });
    expect(result.phase).toBe('PartiallyFailed');
    expect(results.errors.velero).toEqual([expect.stringContaining('billing.example.com/v1')]);
    expect(results.warnings.velero).toEqual([expect.stringContaining('custom.metrics.k8s.io/v1beta1')]);
  });

  it('is an error for each pod whose pre hook failed, and counted', async () => {
    const hooks = { resources: [{ name: 'freeze', pre: [{ exec: { command: ['sync'] } }] }] };
    const { result, results, backup } = await run({ includedNamespaces: ['shop'], hooks });
    expect(result.phase).toBe('PartiallyFailed');
    expect(results.errors.namespaces?.shop).toEqual([
      expect.stringContaining('pre hook "freeze" of the backup, container "db": failed'),
    ]);
    expect(backup.status.hookStatus).toEqual({ hooksAttempted: 1, hooksFailed: 1 });
  });
});

describe('a run', () => {
  it('that cannot succeed is Failed with the reason, and leaves nothing in the vault', async () => {
    const results = [
      await backUp(rig.job(cluster, 'wrong-1', {})),
      await backUp(rig.job(cluster, 'wrong-2', { includedNamespaces: ['*', 'shop'] })),
      await backUp(
        rig.job(cluster, 'wrong-3', {
          includedNamespaces: ['*'],
          includedResources: ['pods'],
          includedClusterScopedResources: ['*'],
        }),
      ),
      await backUp(rig.job(cluster, 'wrong-4', { includedNamespaces: ['shop-['] })),
    ];
    for (const result of results)
      expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringMatching(/./) });
    for await (const page of rig.vault.list('backups/wrong')) expect(page.objects).toEqual([]);
  });

  it('does not touch a directory that holds another backup', async () => {
    await rig.vault.put('backups/taken/velero-backup.json', Buffer.from('{}'));
    const result = await backUp(rig.job(cluster, 'taken', { includedNamespaces: ['shop'] }));
    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('taken') });
    expect((await rig.vault.get('backups/taken/velero-backup.json')).body.toString()).toBe('{}');
  });

  it('tells in its outcome what its vault holds, and a later attempt what it can prove of that', async () => {
    const first = await backUp(rig.job(cluster, 'told', { includedNamespaces: ['shop'] }));
    const { catalogue } = await rig.read('told');
    const { archive, catalogue: listed } = await backupDirectory(rig.vault, 'told');
    const manifest = (await rig.vault.get('backups/told/velero-backup.json')).body;
    expect(first.committed).toEqual({
      committedAt: expect.stringMatching(/^20\d\d-.*Z$/),
      vault: 'main',
      cluster: 'a',
      manifest: { sha256: createHash('sha256').update(manifest).digest('hex') },
      archive: {
        size: archive!.size,
        crc64: catalogue.objects[archive!.key]!.crc64,
        etag: archive!.etag,
      },
      catalogue: {
        sha256: createHash('sha256')
          .update((await rig.vault.get(listed!.key)).body)
          .digest('hex'),
        etag: listed!.etag,
        clusterUid: catalogue.clusterUid,
      },
    });
    const second = await backUp({
      ...rig.job(cluster, 'told', {}),
      committed: true,
      lease: { ...heldLease(), attempt: 2 },
    });
    expect(second.committed).toMatchObject({ manifest: first.committed!.manifest, vault: 'main' });
    // It wrote neither, so it cannot tell what OSS answered.
    expect(second.committed!.catalogue).toEqual({ sha256: first.committed!.catalogue.sha256 });
    expect(second.committed!.archive.etag).toBeUndefined();
  });

  it('that was committed before gives the outcome of that backup and changes nothing', async () => {
    const job = rig.job(cluster, 'again', { includedNamespaces: ['shop'] });
    const first = await backUp(job);
    const { archive } = await rig.read('again');
    const second = await backUp({ ...job, committed: true, lease: { ...heldLease(), attempt: 2 } });
    expect(second).toMatchObject({
      phase: first.phase,
      counts: first.counts,
      warnings: first.warnings,
      attempts: 2,
    });
    expect((await rig.read('again')).archive.equals(archive)).toBe(true);
  });

  it('that loses its lease stops, and leaves neither objects nor an upload', async () => {
    const lost = new AbortController();
    sandbox.faults.add({ path: '/configmaps', delay: 200, count: 10 });
    const job = {
      ...rig.job(cluster, 'frozen', { includedNamespaces: ['shop'] }),
      lease: heldLease(lost.signal),
    };
    setTimeout(() => lost.abort(new LifeboatError('lost-lease', 'another holder has it')), 100);
    await expect(backUp(job)).rejects.toMatchObject({ kind: 'lost-lease' });
    for await (const page of rig.vault.list('backups/frozen')) expect(page.objects).toEqual([]);
    for await (const upload of rig.vault.uploads('backups/frozen'))
      throw new Error(`${upload.key} is still there`);
  });

  it('keeps its upload when nobody can say whether the commit was written, and a later attempt completes it', async () => {
    const job = rig.job(cluster, 'ambiguous', { includedNamespaces: ['shop'] });
    let late: (() => Promise<unknown>) | undefined;
    const run: ObjectStore = {
      ...job.run,
      head: (key) => job.run.head(key),
      create: async (key, body, options) => {
        if (key !== 'commit.json') return job.run.create(key, body, options);
        late = () => job.run.create(key, body, options);
        throw new LifeboatError('unavailable', 'no answer');
      },
    };
    await expect(backUp({ ...job, run })).rejects.toMatchObject({ kind: 'unavailable' });
    await late?.();
    const result = await backUp({ ...job, lease: { ...heldLease(), attempt: 2 } });
    expect(result.phase).toBe('Completed');
    expect((await rig.read('ambiguous')).archive.length).toBeGreaterThan(0);
  });

  it('in a fault of the API server that ends captures all the same', async () => {
    sandbox.faults.add({ path: '/configmaps', status: 503, count: 1 });
    sandbox.faults.add({ path: '/secrets', reset: 'before', count: 1 });
    const { result, objects } = await run({ includedNamespaces: ['shop'] });
    expect(result.phase).toBe('Completed');
    expect(objects.has('configmaps shop/settings')).toBe(true);
  });

  it('writes the same archive again for the same cluster and start', async () => {
    const clock = {
      now: () => new Date('2026-11-22T10:00:00Z'),
      monotonic: () => performance.now(),
      sleep: async () => {},
    };
    const spec = { includedNamespaces: ['*'] };
    await backUp({ ...rig.job(cluster, 'same-1', spec), clock });
    await backUp({ ...rig.job(cluster, 'same-2', spec), clock });
    const [one, two] = [await rig.read('same-1'), await rig.read('same-2')];
    expect(two.archive.equals(one.archive)).toBe(true);
  });
});
