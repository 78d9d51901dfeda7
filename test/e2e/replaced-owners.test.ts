import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { anything, configMap, definition, namespace } from './restore/items';

const patience = { resources: 500, controllers: 500, termination: 1_500, deletion: 30_000, poll: 100 };
const conflicts = { policy: 'replace' } as const;
const group = 'owners.example.com';
const versions: Record<string, string> = {
  customresourcedefinitions: 'apiextensions.k8s.io/v1',
  databases: `${group}/v1`,
  brokers: `${group}/v1`,
  deployments: 'apps/v1',
  replicasets: 'apps/v1',
  statefulsets: 'apps/v1',
  jobs: 'batch/v1',
  cronjobs: 'batch/v1',
  endpointslices: 'discovery.k8s.io/v1',
};
const container = { name: 'web', image: 'web' };

describeWithRealCluster('an object that owns others and is to be replaced', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    const clusterScoped = definition('brokers', 'Broker', group, anything).object as TestObject;
    clusterScoped.spec.scope = 'Cluster';
    await create(definition('databases', 'Database', group, anything).object as TestObject);
    await create(clusterScoped);
    for (const ns of ['held', 'kept', 'jobs', 'stuck']) await create(namespace(ns).object as TestObject);
    await eventually(() => list(undefined, 'databases', 'brokers').catch(() => undefined));
  });
  afterAll(() => target?.close());

  /** What a resource's path begins with, and its apiVersion. */
  const pathOf = (resource: string, ns?: string, name?: string) => {
    const apiVersion = versions[resource] ?? 'v1';
    const within = ns === undefined ? '' : `/namespaces/${ns}`;
    const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    return `${root}${within}/${resource}${name === undefined ? '' : `/${name}`}`;
  };
  const ask = async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<TestObject> => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const request = { method, path, body: body && JSON.stringify(body), contentType };
    const answer = await target.request(request);
    const json = JSON.parse(answer.body.toString());
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${json.message}`);
    return json;
  };
  const create = (object: TestObject) => {
    const resource = `${object.kind.toLowerCase()}s`;
    return ask('POST', pathOf(resource, object.metadata.namespace), object);
  };
  const get = (resource: string, ns: string | undefined, name: string) =>
    ask('GET', pathOf(resource, ns, name));
  const list = async (ns: string | undefined, ...resources: string[]): Promise<TestObject[]> => {
    const lists = await Promise.all(resources.map((one) => ask('GET', pathOf(one, ns))));
    return lists.flatMap(({ items }) => items);
  };
  const uidsOf = (objects: TestObject[]) => objects.map(({ metadata }) => metadata.uid).sort();
  const ownersOf = ({ metadata }: TestObject) => metadata.ownerReferences ?? [];

  /** Tries until it gives a value, for ten seconds. */
  const eventually = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
    for (let tries = 50; tries > 0; tries--) {
      const found = await ask();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('it did not come');
  };

  const make = (
    ns: string | undefined,
    kind: string,
    name: string,
    more: object = {},
  ): Promise<TestObject> => {
    const apiVersion = versions[`${kind.toLowerCase()}s`] ?? 'v1';
    const metadata = { name, namespace: ns, ...(more as TestObject).metadata };
    return create({ apiVersion, kind, ...more, metadata });
  };
  const ownedBy = (...owners: TestObject[]) => ({
    metadata: {
      ownerReferences: owners.map(({ apiVersion, kind, metadata: { name, uid } }) => ({
        apiVersion,
        kind,
        name,
        uid,
        blockOwnerDeletion: true,
      })),
    },
  });
  const claim = {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };

  /** An object of the cluster as a backup would hold it that was made before somebody changed it. */
  const changed = (
    groupResource: string,
    live: TestObject,
    change?: (object: TestObject) => void,
  ): TestItem => {
    const object = structuredClone(live);
    object.metadata.labels = { ...object.metadata.labels, changed: 'yes' };
    change?.(object);
    return { groupResource, object };
  };
  const restored = async (items: TestItem[], deletion = patience.deletion) => {
    const name = `owners-${++count}`;
    await rig.addBackup(name, items);
    const spec = { backupName: name, includeClusterResources: true };
    const plan: ObjectOutcome[] = [];
    await rehearse(rig.job(target, `${name}-p`, spec, { conflicts, allowEmptyVolumes: true }), {
      hashKey: randomBytes(32),
      heard: (one) => plan.push(one),
    });
    const job = rig.job(target, `${name}-r`, spec, { conflicts, allowEmptyVolumes: true });
    const result = await restore(job, { ...patience, deletion });
    const said = (outcomes: ObjectOutcome[]) =>
      Object.fromEntries(
        outcomes
          .filter(({ kind }) => kind !== 'Namespace')
          .map(({ kind, name, outcome, reason }) => [`${kind}/${name}`, { outcome, reason }]),
      );
    return {
      result,
      outcomes: said(await rig.outcomes(`${name}-r`)),
      planned: said(plan),
      warnings: JSON.stringify((await rig.results(`${name}-r`)).warnings),
    };
  };

  it('stays where a claim, a volume or a Secret is among its dependents, all named', async () => {
    await create({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: 'held' },
      spec: {
        replicas: 2,
        podManagementPolicy: 'Parallel',
        serviceName: 'db',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
        selector: { matchLabels: { app: 'db' } },
        template: { metadata: { labels: { app: 'db' } }, spec: { containers: [container] } },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, ...claim }],
      },
    });
    const direct = await make('held', 'Database', 'direct');
    await make('held', 'PersistentVolumeClaim', 'its-claim', { ...claim, ...ownedBy(direct) });
    await make('held', 'Secret', 'its-secret', ownedBy(direct));
    const deep = await make('held', 'Database', 'deep');
    const between = await make('held', 'ConfigMap', 'between', ownedBy(deep));
    await make('held', 'Secret', 'deep-secret', ownedBy(between));
    const broker = await make(undefined, 'Broker', 'broker');
    await make('held', 'Secret', 'of-broker', ownedBy(broker));
    await create({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'of-broker', ...ownedBy(broker).metadata },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/none' } },
    });
    const one = await make('held', 'Database', 'one');
    const two = await make('held', 'Database', 'two');
    await make('held', 'Secret', 'shared', ownedBy(one, two));
    const statefulSet = await eventually(async () => {
      const claims = (await list('held', 'persistentvolumeclaims')).filter(({ metadata }) =>
        /^data-db-/.test(metadata.name),
      );
      return claims.length === 2 ? get('statefulsets', 'held', 'db') : undefined;
    });
    const everything = async () => [
      ...(await list('held', 'statefulsets', 'databases', 'configmaps', 'secrets', 'persistentvolumeclaims')),
      ...(await list(undefined, 'brokers', 'persistentvolumes')),
    ];
    const before = uidsOf(await everything());

    const databases = [direct, deep, one, two].map((live) => changed('databases.owners.example.com', live));
    const { result, outcomes, planned } = await restored([
      changed('statefulsets.apps', statefulSet),
      changed('brokers.owners.example.com', broker),
      ...databases,
    ]);

    const held = (...names: string[]) => ({
      outcome: 'failed',
      reason: expect.stringMatching(
        new RegExp(`^it is not replaced, because .*${names.join('.*')}.*; use the policy update or merge`),
      ),
    });
    const expected = {
      'StatefulSet/db': held(
        'persistentvolumeclaims held/data-db-0',
        'persistentvolumeclaims held/data-db-1',
      ),
      'Broker/broker': held('of-broker', 'of-broker'),
      'Database/direct': held('held/its-', 'held/its-'),
      'Database/deep': held('secrets held/deep-secret'),
      'Database/one': held('secrets held/shared'),
      'Database/two': held('secrets held/shared'),
    };
    expect(outcomes).toEqual(expected);
    expect(planned).toEqual(expected);
    expect(outcomes['Broker/broker']?.reason).toContain('persistentvolumes of-broker');
    expect(outcomes['Broker/broker']?.reason).toContain('secrets held/of-broker');
    expect(result.phase).toBe('PartiallyFailed');
    const after = await everything();
    expect(uidsOf(after)).toEqual(before);
    expect(after.filter(({ metadata }) => metadata.deletionTimestamp)).toEqual([]);
  }, 90_000);

  it('gets its dependents back as they are', async () => {
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    await create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'kept' },
      spec: { selector: { matchLabels: labels }, template },
    });
    await create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'kept' },
      spec: { selector: labels, ports: [{ port: 80 }] },
    });
    const jobTemplate = { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } };
    const cronJob = await create({
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', namespace: 'kept' },
      spec: { schedule: '0 3 1 1 *', jobTemplate },
    });
    const [byController] = ownedBy(cronJob).metadata.ownerReferences;
    await create({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'run', namespace: 'kept', ownerReferences: [{ ...byController, controller: true }] },
      ...jobTemplate,
    });
    const [pod] = await eventually(async () => {
      const pods = (await list('kept', 'pods')).filter(({ metadata }) => metadata.labels.app === 'web');
      const slices = await list('kept', 'endpointslices');
      return pods.length > 0 && slices.length > 0 ? pods : undefined;
    });
    const deployment = await get('deployments', 'kept', 'web');
    const other = await make('kept', 'ConfigMap', 'other-owner');
    await make('kept', 'ConfigMap', 'shared', { ...ownedBy(deployment, other), data: { a: '1' } });
    const service = await get('services', 'kept', 'web');
    const dependents = ['replicasets', 'jobs', 'configmaps'];
    const before = uidsOf(await list('kept', ...dependents));

    const { result, outcomes, planned } = await restored([
      changed('deployments.apps', deployment),
      changed('cronjobs.batch', cronJob),
      changed('services', service),
    ]);

    for (const said of [outcomes, planned]) {
      for (const name of ['Deployment/web', 'CronJob/nightly', 'Service/web']) {
        expect([name, said[name]?.outcome]).toEqual([name, 'recreated']);
      }
    }
    expect(result.warnings).toBe(0);
    const now = async (resource: string, name: string) => (await get(resource, 'kept', name)).metadata.uid;
    const [newDeployment, newCronJob, newService] = [
      await now('deployments', 'web'),
      await now('cronjobs', 'nightly'),
      await now('services', 'web'),
    ];
    expect([newDeployment, newCronJob, newService]).not.toEqual(
      [deployment, cronJob, service].map(({ metadata }) => metadata.uid),
    );
    // The garbage collector has had time to delete what has no owner.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(uidsOf(await list('kept', ...dependents))).toEqual(before);
    expect(await now('pods', pod!.metadata.name)).toBe(pod!.metadata.uid);
    const [replicaSet] = await list('kept', 'replicasets');
    expect(ownersOf(replicaSet!)).toMatchObject([{ uid: newDeployment, controller: true }]);
    expect(ownersOf(await get('jobs', 'kept', 'run'))).toMatchObject([{ uid: newCronJob, controller: true }]);
    expect(ownersOf(await get('configmaps', 'kept', 'shared'))).toEqual([
      expect.objectContaining({ uid: other.metadata.uid, blockOwnerDeletion: true }),
      expect.objectContaining({ uid: newDeployment, blockOwnerDeletion: true }),
    ]);
    const slices = await list('kept', 'endpointslices');
    expect(slices.map((slice) => ownersOf(slice)[0].uid)).toEqual([newService]);
  }, 90_000);

  it('takes along the pods that the new one must not meet, and nothing else', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', namespace: 'jobs' },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
    };
    await create(job);
    const workload = (name: string, app: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'jobs' },
      spec: {
        selector: { matchLabels: { app } },
        template: { metadata: { labels: { app } }, spec: { containers: [container] } },
      },
    });
    await create(workload('web', 'old'));
    await eventually(async () => ((await list('jobs', 'pods')).length === 2 ? true : undefined));
    const liveJob = await get('jobs', 'jobs', 'migrate');
    const liveDeployment = await get('deployments', 'jobs', 'web');
    await make('jobs', 'ConfigMap', 'of-job', ownedBy(liveJob));
    await make('jobs', 'ConfigMap', 'of-deployment', ownedBy(liveDeployment));
    const old = new Set(uidsOf(await list('jobs', 'pods', 'replicasets')));

    const { outcomes, planned } = await restored([
      changed('jobs.batch', liveJob),
      { groupResource: 'deployments.apps', object: workload('web', 'new') },
    ]);
    const left = await list('jobs', 'pods', 'replicasets');

    for (const said of [outcomes, planned]) {
      expect(said['Job/migrate']?.outcome).toBe('recreated');
      expect(said['Deployment/web']?.outcome).toBe('recreated');
    }
    expect(left.filter(({ metadata }) => old.has(metadata.uid))).toEqual([]);
    for (const [name, resource, owner] of [
      ['of-job', 'jobs', 'migrate'],
      ['of-deployment', 'deployments', 'web'],
    ] as const) {
      const { uid } = (await get(resource, 'jobs', owner)).metadata;
      expect(ownersOf(await get('configmaps', 'jobs', name))).toMatchObject([{ uid }]);
    }
  }, 90_000);

  it('stays where it is a Service with Endpoints that somebody wrote', async () => {
    const ports = [{ port: 80, protocol: 'TCP' }];
    const service = await make('held', 'Service', 'outside', { spec: { ports } });
    const bare = await make('held', 'Service', 'bare', { spec: { ports } });
    const metadata = { name: 'outside', namespace: 'held' };
    const subsets = [{ addresses: [{ ip: '192.0.2.9' }], ports }];
    const path = '/api/v1/namespaces/held/endpoints';
    const endpoints = await ask('POST', path, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets });

    const seen = await restored([
      changed('services', service),
      changed('services', bare),
      { groupResource: 'endpoints', object: endpoints },
    ]);

    const reason =
      'it is not replaced, because endpoints held/outside, which somebody wrote, would be deleted with it; use the policy update or merge for it';
    expect(seen.outcomes).toMatchObject({
      'Service/outside': { outcome: 'failed', reason },
      'Service/bare': { outcome: 'recreated' },
      'Endpoints/outside': { outcome: 'same' },
    });
    expect(seen.planned).toMatchObject({ 'Service/outside': { outcome: 'failed', reason } });
    expect((await ask('GET', `${path}/outside`)).metadata.uid).toBe(endpoints.metadata.uid);
  });

  it('says what holds its deletion, and leaves its dependents', async () => {
    const owner = await make('stuck', 'ConfigMap', 'owner', {
      metadata: { finalizers: ['example.com/hold'] },
    });
    const owned = await make('stuck', 'ConfigMap', 'owned', ownedBy(owner));
    const { outcomes } = await restored([configMap('stuck', 'owner', { data: { a: '2' } })], 2_000);

    expect(outcomes['ConfigMap/owner']).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(
        /finalizers example\.com\/hold; what it owned is there and has no owner$/,
      ),
    });
    await ask('PATCH', pathOf('configmaps', 'stuck', 'owner'), { metadata: { finalizers: null } });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await get('configmaps', 'stuck', 'owned')).metadata.uid).toBe(owned.metadata.uid);
  }, 60_000);
});
