import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { Conflicts } from '../../shared/formats/manifests/conflict-policy';
import { defaultPatience } from '../../shared/operations/restore/apply/pace/patience';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  heldLease,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { namespace } from './restore/items';

const account = (ns: string, name: string, fields: object, metadata: object = {}): TestItem => ({
  groupResource: 'serviceaccounts',
  object: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: ns, ...metadata },
    ...fields,
  },
});
const noToken = { automountServiceAccountToken: false };
const policies = ['skip', 'update', 'merge', 'replace', 'fail'] as const;

describeWithRealCluster('a restore of accounts that others write too', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  /** A cluster whose controllers fill a new namespace with accounts before anything else is restored into it. */
  let quick: Cluster;
  let count = 0;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    quick = {
      name: target.name,
      server: target.server,
      discover: (options) => target.discover(options),
      close: () => {},
      request: async (request) => {
        const response = await target.request(request);
        const isCreate = request.method === 'POST' && /\/namespaces(\?|$)/.test(request.path);
        if (isCreate && response.status === 201) await fill(JSON.parse(String(request.body)).metadata.name);
        return response;
      },
    };
  });
  afterAll(() => target?.close());

  const kubectl = (...parameters: string[]) => cluster().kubectl(...parameters);
  const get = async (ns: string, name: string): Promise<TestObject> =>
    JSON.parse(await kubectl('get', '-n', ns, 'serviceaccount', name, '-o', 'json'));
  const hasDefault = (ns: string) =>
    kubectl('-n', ns, 'wait', '--for=create', 'serviceaccount/default', '--timeout=30s');
  async function fill(ns: string) {
    await hasDefault(ns);
    const made = account(
      ns,
      'builder',
      { imagePullSecrets: [{ name: 'theirs' }] },
      { labels: { by: 'operator' } },
    );
    await cluster().create(JSON.stringify(made.object));
  }
  const setUp = async (items: TestItem[], on: Cluster, conflicts?: Conflicts) => {
    const name = `accounts-${++count}`;
    await rig.addBackup(name, items);
    return rig.job(on, `${name}-r`, { backupName: name }, { conflicts });
  };
  const byName = (outcomes: ObjectOutcome[]) =>
    Object.fromEntries(
      outcomes
        .filter(({ kind }) => kind === 'ServiceAccount')
        .map(({ name, outcome, reason }) => [name, { outcome, reason }]),
    );
  const restored = async (items: TestItem[], on: Cluster, conflicts?: Conflicts) => {
    const job = await setUp(items, on, conflicts);
    await restore(job, { termination: 0, poll: 50 });
    return byName(await rig.outcomes(job.request.metadata.name));
  };
  const planned = async (items: TestItem[], conflicts?: Conflicts) => {
    const seen: ObjectOutcome[] = [];
    await rehearse(await setUp(items, target, conflicts), {
      hashKey: Buffer.alloc(32),
      heard: (one) => seen.push(one),
    });
    return byName(seen);
  };

  it.each(policies)(
    'sets every field of accounts that were quicker in a namespace that it made, under %s',
    async (policy) => {
      const ns = `new-${policy}`;
      const items = [
        namespace(ns),
        account(ns, 'default', noToken, { annotations: { role: 'reader' } }),
        account(
          ns,
          'builder',
          { ...noToken, imagePullSecrets: [{ name: 'ours' }] },
          { labels: { by: 'us' } },
        ),
      ];
      expect(await planned(items, { policy })).toMatchObject({ default: { outcome: 'updated' } });

      const outcomes = await restored(items, quick, { policy });

      expect(outcomes).toMatchObject({ default: { outcome: 'updated' }, builder: { outcome: 'updated' } });
      expect(await get(ns, 'default')).toMatchObject({
        ...noToken,
        metadata: { annotations: { role: 'reader' } },
      });
      expect(await get(ns, 'builder')).toMatchObject({
        ...noToken,
        metadata: { labels: { by: 'us' } },
        imagePullSecrets: [{ name: 'theirs' }, { name: 'ours' }],
      });
    },
  );

  it('knows a namespace that an attempt before made', async () => {
    const ns = 'killed';
    const items = [namespace(ns), account(ns, 'default', noToken)];
    const job = await setUp(items, quick);
    const lost = heldLease();
    const dying: Cluster = {
      ...quick,
      request: async (request) => {
        const response = await quick.request(request);
        if (request.method === 'POST') lost.lose(new Error('the worker was killed'));
        return response;
      },
    };
    await expect(restore({ ...job, cluster: dying, lease: lost })).rejects.toThrow();
    expect(await get(ns, 'default')).not.toHaveProperty('automountServiceAccountToken');

    await restore({ ...job, lease: { ...heldLease(), attempt: 2 } }, defaultPatience);

    expect(byName(await rig.outcomes(job.request.metadata.name))).toMatchObject({
      default: { outcome: 'updated' },
    });
    expect(await get(ns, 'default')).toMatchObject(noToken);
  });

  it.each([
    ['skip', 'different', undefined],
    ['fail', 'failed', undefined],
    ['update', 'updated', false],
    ['merge', 'updated', false],
    ['replace', 'updated', false],
  ] as const)(
    'under %s tells of an account of a namespace that was there: %s',
    async (policy, outcome, value) => {
      const ns = `old-${policy}`;
      await kubectl('create', 'namespace', ns);
      await hasDefault(ns);
      const items = [
        account(
          ns,
          'default',
          { ...noToken, imagePullSecrets: [{ name: 'registry' }] },
          { labels: { app: 'a' } },
        ),
      ];
      expect(await planned(items, { policy })).toMatchObject({ default: { outcome } });

      const seen = await restored(items, target, { policy });

      expect(seen).toMatchObject({ default: { outcome } });
      expect(seen.default!.reason).toContain('automountServiceAccountToken');
      const live = await get(ns, 'default');
      expect(live.automountServiceAccountToken).toBe(value);
      // What an account lacks is added under skip as well.
      if (policy !== 'fail') expect(live.imagePullSecrets).toEqual([{ name: 'registry' }]);
      const again = await restored(items, target, { policy });
      const left = policy === 'skip' || policy === 'fail' ? outcome : 'same';
      expect(again).toMatchObject({ default: { outcome: left } });
    },
  );

  it('keeps the token Secrets of an account that is to be replaced', async () => {
    const ns = 'tokens';
    await kubectl('create', 'namespace', ns);
    await kubectl('-n', ns, 'create', 'serviceaccount', 'robot');
    const { uid } = (await get(ns, 'robot')).metadata;
    const annotations = { 'kubernetes.io/service-account.name': 'robot' };
    const token = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'robot-for-ever', namespace: ns, annotations },
      type: 'kubernetes.io/service-account-token',
    };
    await cluster().create(JSON.stringify(token));

    const seen = await restored([account(ns, 'robot', noToken)], target, { policy: 'replace' });

    expect(seen).toMatchObject({ robot: { outcome: 'updated' } });
    expect(await get(ns, 'robot')).toMatchObject({ metadata: { uid }, ...noToken });
    // The controller would delete it when it sees that the account is gone.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await kubectl('-n', ns, 'get', 'secret', 'robot-for-ever', '-o', 'name')).toContain('robot');
  });
});
