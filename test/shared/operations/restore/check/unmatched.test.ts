import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../local/cluster/server';
import type { Cluster } from '../../../../../shared/platform/kubernetes/port';
import type { RestoreRequest } from '../../../../../shared/formats/manifests/run';
import type { ResourceModifiers } from '../../../../../shared/formats/manifests/modifiers/resource-modifiers';
import type { RestoreSpec } from '../../../../../shared/formats/manifests/velero';
import type { Replica } from '../../../../../shared/operations/restore/replica/replica';
import { restore } from '../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem } from '../restore-rig';

type More = Partial<Omit<RestoreRequest, 'vault' | 'spec'>>;

const configMap = (namespace: string, labels = {}): TestItem => ({
  groupResource: 'configmaps',
  object: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace, labels },
    data: { from: 'the backup' },
  },
});

const items: TestItem[] = [
  configMap('sel', { app: 'web' }),
  configMap('other'),
  {
    groupResource: 'deployments.apps',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'sel' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'registry.example.com/shop/web:1' }] },
        },
      },
    },
  },
  {
    groupResource: 'persistentvolumeclaims',
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'sel' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        resources: { requests: { storage: '1Gi' } },
      },
    },
  },
  {
    groupResource: 'clusterroles.rbac.authorization.k8s.io',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'reader-of-sel' },
      rules: [],
    },
  },
];

/** Resource modifiers with these conditions, each of which adds a label. */
function modifiers(...conditions: object[]): ResourceModifiers {
  return {
    version: 'v1',
    resourceModifierRules: conditions.map((each) => ({
      conditions: each,
      mergePatches: [{ patchData: 'metadata: {labels: {changed: "yes"}}' }],
    })),
  } as ResourceModifiers;
}

const signed: Replica = { label: 'rule', targetUid: 'uid-target', sourceUid: 'uid-source' };

describe('a filter or a mapping of a restore that matches nothing', () => {
  const rig = new RestoreRig();
  let sandbox: SandboxCluster;
  let target: Cluster;
  let count = 0;

  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = await connectTo(sandbox.kubeconfig);
    await rig.addBackup('b', items);
    await sandbox.load('apiVersion: v1\nkind: Namespace\nmetadata: {name: sel}\n');
  });
  beforeEach(async () => {
    await target.request({ method: 'DELETE', path: '/api/v1/namespaces/sel/configmaps/settings' });
    await sandbox.load(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: sel}\ndata: {from: production}\n',
    );
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  const writes: string[] = [];
  const restored = async (spec: Omit<RestoreSpec, 'backupName'>, more: More = {}, replica?: Replica) => {
    const name = `r-${++count}`;
    writes.length = 0;
    const watched: Cluster = {
      ...target,
      name: target.name,
      server: target.server,
      discover: (options) => target.discover(options),
      close: () => {},
      request: (request) => {
        if (request.method !== 'GET') writes.push(`${request.method} ${request.path}`);
        return target.request(request);
      },
    };
    const job = rig.job(
      watched,
      name,
      { backupName: 'b', ...spec },
      { allowEmptyVolumes: true, conflicts: { policy: 'update' }, ...more },
    );
    const result = await restore(replica ? { ...job, replica } : job);
    return { name, result };
  };
  const production = async (namespace = 'sel') => {
    const path = `/api/v1/namespaces/${namespace}/configmaps/settings`;
    const { status, body } = await target.request({ method: 'GET', path });
    return status === 200 ? JSON.parse(body.toString('utf8')).data.from : undefined;
  };

  it.each<[string, Omit<RestoreSpec, 'backupName'>, More, string]>([
    [
      'a namespace mapping to the name of another namespace of the backup',
      { namespaceMapping: { sel: 'other' } },
      {},
      'namespaceMapping sends "sel" to "other", where the backup\'s own "other" goes too: map that one too, or leave it out',
    ],
    [
      'a namespace mapping',
      { namespaceMapping: { sell: 'copy' } },
      {},
      'namespaceMapping names "sell", which matches nothing; the backup holds namespaces other, sel (did you mean "sel"?)',
    ],
    [
      'one of two namespace mappings',
      { namespaceMapping: { sel: 'copy', othr: 'copy-2' } },
      {},
      'namespaceMapping names "othr"',
    ],
    [
      'a mapping of a namespace that is not selected',
      { includedNamespaces: ['other'], namespaceMapping: { sel: 'copy' } },
      {},
      'namespaceMapping names "sel": namespace sel is not included',
    ],
    ['an included namespace', { includedNamespaces: ['sel', 'shop'] }, {}, 'includedNamespaces names "shop"'],
    ['a pattern', { includedNamespaces: ['sel', 'shop-*'] }, {}, 'includedNamespaces names "shop-*"'],
    [
      'an excluded namespace',
      { excludedNamespaces: ['sell'] },
      {},
      'excludedNamespaces names "sell", which matches nothing; the backup holds namespaces other, sel (did you mean "sel"?)',
    ],
    ['a resource', { includedResources: ['configmapz'] }, {}, '(did you mean "configmaps"?)'],
    [
      'a resource that the backup holds none of',
      { includedResources: ['configmaps', 'cronjobs'] },
      {},
      'includedResources names "cronjobs"',
    ],
    [
      'a resource that the namespaces hold none of',
      { includedNamespaces: ['other'], includedResources: ['configmaps', 'deployments'] },
      {},
      'includedResources names "deployments", and none in the backup is selected',
    ],
    [
      'a cluster-scoped resource of a namespace',
      { includedNamespaces: ['sel'], includedResources: ['configmaps', 'clusterroles'] },
      {},
      'includedResources names "clusterroles", and none in the backup is selected: it is cluster-scoped',
    ],
    ['an excluded resource', { excludedResources: ['secretz'] }, {}, 'excludedResources names "secretz"'],
    ['a pattern of resources', { excludedResources: ['*.no.org'] }, {}, 'excludedResources names "*.no.org"'],
    [
      'a conflict policy',
      {},
      { conflicts: { resources: { configmapz: 'replace' } } },
      'conflicts.resources names "configmapz"',
    ],
    ['a status', { restoreStatus: { includedResources: ['widgetz'] } }, {}, 'restoreStatus names "widgetz"'],
    [
      'a storage class',
      {},
      { transforms: { storageClasses: { fats: { to: 'essd' } } } },
      'storageClasses maps "fats", which matches nothing; the backup holds storage classes fast (did you mean "fast"?)',
    ],
    [
      'an image mapping',
      {},
      { transforms: { images: { 'registry.exmple.com': 'registry.new' } } },
      'images maps "registry.exmple.com", which matches nothing; the backup holds images registry.example.com/shop/web',
    ],
    ...(
      [
        ['namespace', { groupResource: 'configmaps', namespaces: ['sell'] }],
        ['resource', { groupResource: 'configmapz' }],
        ['name', { groupResource: 'configmaps', resourceNameRegex: '^setings$' }],
        ['label', { groupResource: 'configmaps', labelSelector: { matchLabels: { app: 'webb' } } }],
        ['value', { groupResource: 'configmaps', matches: [{ path: '/data/from', value: 'elsewhere' }] }],
      ] as const
    ).map(([what, conditions]): [string, Omit<RestoreSpec, 'backupName'>, More, string] => [
      `the only resource modifier, by its ${what}`,
      {},
      { transforms: { resourceModifiers: modifiers(conditions) } },
      `resource modifier 1 (${conditions.groupResource}) matches nothing of the selected objects`,
    ]),
    [
      'every resource modifier, where the filters leave out what they are for',
      { includedNamespaces: ['other'] },
      {
        transforms: {
          resourceModifiers: modifiers(
            { groupResource: 'configmaps', namespaces: ['sel'] },
            { groupResource: 'deployments.apps' },
          ),
        },
      },
      'resource modifier 2 (deployments.apps) matches nothing',
    ],
    [
      'a selector',
      { labelSelector: { matchLabels: { app: 'webb' } } },
      {},
      'selector app=webb matches nothing in the backup (0 items)',
    ],
    [
      'one of several selectors',
      { orLabelSelectors: [{ matchLabels: { app: 'web' } }, { matchLabels: { app: 'webb' } }] },
      {},
      'selector app=webb matches nothing',
    ],
    [
      'everything together',
      { includedNamespaces: ['other'], labelSelector: { matchLabels: { app: 'web' } } },
      {},
      'matches nothing in the backup (0 items)',
    ],
  ])('ends it before anything is written: %s', async (_, spec, more, said) => {
    const { result } = await restored(spec, more);
    expect(result).toMatchObject({ phase: 'Failed', counts: {}, reason: expect.stringContaining(said) });
    expect(result.reason).toContain('nothing was restored from backup "b"');
    expect(writes).toEqual([]);
    expect(await production()).toBe('production');
  });

  it('ends it where a name could mean two resources of the backup, and names both', async () => {
    const widget = (group: string): TestItem => ({
      groupResource: `widgets.${group}`,
      object: { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'one', namespace: 'sel' } },
    });
    await rig.addBackup('two', [widget('a.example.com'), widget('b.example.com')]);
    const spec = { backupName: 'two', includedResources: ['widgets'] };
    const { result } = await restored(spec);
    expect(result).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining(
        'includedResources names "widgets", which could mean widgets.a.example.com or widgets.b.example.com: write the full name',
      ),
    });
    expect(writes).toEqual([]);
  });

  it('is a warning where one of several resource modifiers matches nothing', async () => {
    const resourceModifiers = modifiers(
      { groupResource: 'configmaps', namespaces: ['se*'] },
      { groupResource: 'cronjobs.batch' },
    );
    const { name, result } = await restored({}, { transforms: { resourceModifiers } });
    expect(result.phase).toBe('Completed');
    const { warnings } = (await rig.results(name)) as { warnings: unknown };
    expect(JSON.stringify(warnings)).toContain('resource modifier 2 (cronjobs.batch) matches nothing');
    expect(JSON.stringify(warnings)).not.toContain('resource modifier 1');
  });

  it('is a warning where a known resource is left out, or its status asked for, and the backup holds none', async () => {
    const { name, result } = await restored({
      excludedResources: ['secrets', 'nodes', 'events.events.k8s.io'],
      restoreStatus: { includedResources: ['jobs'] },
    });
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    expect((await rig.results(name)).warnings.velero).toEqual([
      'excludedResources names "secrets", and the backup holds none',
      'excludedResources names "nodes", and the backup holds none',
      'excludedResources names "events.events.k8s.io", and the backup holds none',
      'restoreStatus names "jobs", and the backup holds none',
    ]);
    expect(await production()).toBe('the backup');
  });

  it('is nothing where every part matches something', async () => {
    const { result } = await restored(
      { includedNamespaces: ['se*'], excludedNamespaces: ['other'], namespaceMapping: { sel: 'copy' } },
      {
        transforms: {
          storageClasses: { fast: { to: 'essd' } },
          images: { 'registry.example.com/shop': 'registry.new', 'registry.example.com': 'registry.newer' },
        },
        conflicts: { policy: 'update', resources: { cm: 'skip', '*.apps': 'skip' } },
      },
    );
    expect(result).toMatchObject({ phase: 'Completed', warnings: 0 });
    expect(await production()).toBe('production');
    expect(await production('copy')).toBe('the backup');
  });

  it('lets a replication do the rest, as PartiallyFailed, and nothing in namespaces that are not mapped', async () => {
    const spec = { namespaceMapping: { sell: 'copy', other: 'copied' } };
    const { name, result } = await restored(spec, {}, signed);
    expect(result.phase).toBe('PartiallyFailed');
    expect((await rig.results(name)).errors.velero).toEqual([
      expect.stringContaining('namespaceMapping names "sell"'),
    ]);
    expect(await production()).toBe('production');
    expect(await production('copied')).toBe('the backup');
    expect(writes.filter((one) => one.includes('/namespaces/sel'))).toEqual([]);
  });

  it('lets a replication restore a namespace that it maps, and not the one of the backup that it would mix with', async () => {
    const { name, result } = await restored({ namespaceMapping: { sel: 'other' } }, {}, signed);
    expect(result.phase).toBe('PartiallyFailed');
    const made = (await rig.outcomes(name)).filter(({ namespace }) => namespace === 'other');
    expect(made.map(({ groupResource }) => groupResource)).toContain('deployments.apps');
    expect(made.filter(({ name: one }) => one === 'settings')).toHaveLength(1);
  });

  it('lets a replication restore the namespaces that it does find', async () => {
    const { name, result } = await restored({ includedNamespaces: ['sel', 'gone'] }, {}, signed);
    expect(result.phase).toBe('PartiallyFailed');
    expect((await rig.results(name)).errors.velero).toEqual([
      expect.stringContaining('includedNamespaces names "gone"'),
    ]);
    expect(await production()).toBe('the backup');
  });
});
