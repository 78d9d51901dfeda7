import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/cluster/port';
import type { Conflicts } from '../../shared/manifests/conflict-policy';
import { restore } from '../../shared/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestItem, type TestObject } from '../shared/restore/restore-rig';
import { anything, configMap, definition, namespace } from './restore/items';

/** Waits are short where a test shows what happens when they end. */
const hasty = { refusals: 500, termination: 1_500, poll: 100 };

describeWithRealCluster('a restore that meets objects which exist', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
  });
  afterAll(() => target?.close());

  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));
  const create = (object: object) => cluster().create(JSON.stringify(object));

  /** Restores items and returns the result, with the outcome and reason of each object by `Kind/name`. */
  const restored = async (items: TestItem[], conflicts?: Conflicts, spec: object = {}) => {
    const name = `existing-${++count}`;
    await rig.addBackup(name, items);
    const job = rig.job(target, `${name}-r`, { backupName: name, ...spec }, { conflicts });
    const result = await restore(job, hasty);
    const outcomes = await rig.outcomes(`${name}-r`);
    return {
      result,
      of: (kindAndName: string) => {
        const one = outcomes.find(({ kind, name }) => `${kind}/${name}` === kindAndName);
        return one && { outcome: one.outcome, reason: one.reason };
      },
    };
  };

  const policy = (name: string, spec: object): TestItem => ({
    groupResource: 'networkpolicies.networking.k8s.io',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: 'empties' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec },
    },
  });

  it('tells an empty value from an absent one where the API server keeps it, and only there', async () => {
    await create(namespace('empties').object as object);
    await create(definition('gadgets', 'Gadget', 'empties.example.com', anything).object as object);
    await cluster().kubectl('wait', '--for=condition=Established', 'crd/gadgets.empties.example.com');
    const gadget = (spec: object): TestItem => ({
      groupResource: 'gadgets.empties.example.com',
      object: {
        apiVersion: 'empties.example.com/v1',
        kind: 'Gadget',
        metadata: { name: 'gadget', namespace: 'empties' },
        spec,
      },
    });
    const template: TestItem = {
      groupResource: 'podtemplates',
      object: {
        apiVersion: 'v1',
        kind: 'PodTemplate',
        metadata: { name: 'template', namespace: 'empties' },
        template: {
          spec: {
            containers: [{ name: 'web', image: 'web' }],
            volumes: [{ name: 'cache', emptyDir: {} }],
          },
        },
      },
    };
    const role = (more: object): TestItem => ({
      groupResource: 'roles.rbac.authorization.k8s.io',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'role', namespace: 'empties' },
        ...more,
      },
    });
    const live = [
      policy('peers', { ingress: [{ from: [{ namespaceSelector: {} }] }] }),
      policy('none', {}),
      gadget({ list: [], map: {}, text: '' }),
      template,
      role({}),
    ];
    for (const { object } of live) await create(object as object);
    const defaulted = await get('-n', 'empties', 'podtemplate', 'template');
    Object.assign(defaulted.template.metadata, { creationTimestamp: null, labels: {} });
    Object.assign(defaulted.template.spec.containers[0], { env: [], command: [] });
    Object.assign(defaulted.template.spec.volumes[0].emptyDir, { medium: '' });
    const backup = [
      policy('peers', { ingress: [{ from: [{ podSelector: {} }] }] }),
      // The API server drops these.
      policy('none', { ingress: [], egress: [] }),
      role({ rules: [] }),
      { ...template, object: defaulted },
      // And keeps these.
      gadget({}),
    ];

    const seen = await restored(backup);
    expect(seen.of('NetworkPolicy/peers')).toMatchObject({ outcome: 'different' });
    expect(seen.of('Gadget/gadget')).toEqual({
      outcome: 'different',
      reason: 'spec.list, spec.map, spec.text',
    });
    for (const same of ['NetworkPolicy/none', 'Role/role', 'PodTemplate/template']) {
      expect([same, seen.of(same)?.outcome]).toEqual([same, 'same']);
    }
    const refused = await restored(backup, { policy: 'fail' });
    expect(refused.result.counts).toMatchObject({ failed: 2 });

    const merged = await restored([backup[0]!, gadget({ list: [], more: {} })], { policy: 'merge' });
    expect(merged.result.counts).toMatchObject({ updated: 2 });
    expect((await get('-n', 'empties', 'networkpolicy', 'peers')).spec.ingress).toEqual([
      { from: [{ podSelector: {} }] },
    ]);
    expect((await get('-n', 'empties', 'gadget', 'gadget')).spec).toEqual({
      list: [],
      map: {},
      text: '',
      more: {},
    });
    const updated = await restored(backup, { policy: 'update' });
    expect(updated.of('Gadget/gadget')).toMatchObject({ outcome: 'updated' });
    expect((await get('-n', 'empties', 'gadget', 'gadget')).spec).toEqual({});
    expect((await restored(backup, { policy: 'update' })).result.counts).toEqual({ same: 6 });
  }, 60_000);
});
