import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/cluster/port';
import type { RestoreRequest } from '../../shared/manifests/run';
import type { RestoreSpec } from '../../shared/manifests/velero';
import { rehearse } from '../../shared/restore/rehearsal/rehearse';
import { restore } from '../../shared/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestItem, type TestObject } from '../shared/restore/restore-rig';
import { configMap, definition, namespace } from './restore/items';

const hashKey = Buffer.alloc(32, 1);
const hasty = { refusals: 1_000, termination: 1_000, poll: 100 };

describeWithRealCluster('a restore of one namespace', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
  });
  afterAll(() => target?.close());
  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));
  const create = (object: TestObject | string) =>
    cluster().create(typeof object === 'string' ? object : JSON.stringify(object));
  const play = async (
    name: string,
    spec: RestoreSpec,
    more: Pick<RestoreRequest, 'conflicts' | 'object'> = {},
  ) => {
    const job = rig.job(target, name, spec, more);
    const { problems } = await rehearse(job, { hashKey, heard: () => {} });
    const result = await restore(job, hasty);
    return { result, problems, outcomes: await rig.outcomes(name) };
  };

  describe('that brings a CustomResourceDefinition with an older schema', () => {
    const schema = (...fields: string[]) => ({
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
        },
      },
    });
    const older = definition('widgets', 'Widget', 'example.com', schema('color'));
    const newer = definition('widgets', 'Widget', 'example.com', schema('color', 'weight'));
    const widget = (color: string): TestObject => ({
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'a', namespace: 'elsewhere' },
      spec: { color, weight: 'heavy' },
    });
    const lost = expect.objectContaining({
      kind: 'crd-would-lose-fields',
      message: expect.stringContaining('v1 spec.weight'),
      objects: ['customresourcedefinitions.apiextensions.k8s.io widgets.example.com'],
    });
    const items = [namespace('shop'), older, configMap('shop', 'settings')];

    beforeAll(async () => {
      await create(newer.object as TestObject);
      await cluster().kubectl('wait', '--for=condition=Established', 'crd/widgets.example.com');
      await cluster().kubectl('create', 'namespace', 'elsewhere');
      await create(widget('red'));
      await rig.addBackup('widgets', items);
    }, 60_000);

    it.each(['update', 'merge', 'replace'] as const)(
      'leaves the definition alone under %s, so that no other namespace loses data',
      async (policy) => {
        const { outcomes, problems } = await play(
          `widgets-${policy}`,
          { backupName: 'widgets', includedNamespaces: ['shop'], includedResources: ['*'] },
          { conflicts: { policy } },
        );
        expect(problems).toEqual([]);
        // Left out by its scope or created at most: either way it is not changed.
        expect(outcomes.filter(({ outcome }) => outcome === 'updated' || outcome === 'recreated')).toEqual(
          [],
        );
        await rig.addBackup(`widgets-${policy}`, items, undefined, { includedNamespaces: ['shop'] });
        const whole = await play(
          `widgets-${policy}-whole`,
          { backupName: `widgets-${policy}` },
          { conflicts: { policy } },
        );
        expect(whole.problems).toEqual([]);
        expect(whole.outcomes).toContainEqual(
          expect.objectContaining({
            name: 'widgets.example.com',
            outcome: 'different',
            reason: expect.stringContaining('came along with namespaces'),
          }),
        );
        await cluster().apply(JSON.stringify(widget(`after ${policy}`)));
        expect((await get('widget', 'a', '-n', 'elsewhere')).spec.weight).toBe('heavy');
      },
      30_000,
    );

    it('changes it when it is named, and tells of the fields before and after', async () => {
      const { problems, outcomes } = await play(
        'widgets-named',
        { backupName: 'widgets', includedResources: ['customresourcedefinitions.apiextensions.k8s.io'] },
        { conflicts: { policy: 'update' } },
      );
      expect(problems).toEqual([lost]);
      expect(outcomes).toContainEqual(
        expect.objectContaining({ name: 'widgets.example.com', outcome: 'updated' }),
      );
      const { warnings } = await rig.results('widgets-named');
      expect(warnings.cluster).toEqual([expect.stringContaining('its objects lose v1 spec.weight')]);
    });
  });

  it('brings a Job back with the selector and labels that a person chose, and lets it adopt no pod of others', async () => {
    const uid = 'a8f3d00d-c6d2-11e5-9f87-42010af00002';
    const labels = { 'batch.kubernetes.io/controller-uid': uid };
    const container = { name: 'c', image: 'example.com/none' };
    const job = (name: string, spec: object): TestItem => ({
      groupResource: 'jobs.batch',
      object: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, namespace: 'work' },
        spec: { suspend: false, parallelism: 1, ...spec },
      },
    });
    const pod = { restartPolicy: 'Never', containers: [container] };
    const items = [
      job('chosen', {
        manualSelector: true,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod },
      }),
      job('generated', { template: { spec: pod } }),
    ];
    await cluster().kubectl('create', 'namespace', 'work');
    const archived = [namespace('work')];
    for (const { groupResource, object } of items) {
      await create(object as TestObject);
      archived.push({
        groupResource,
        object: await get('job', (object as TestObject).metadata.name, '-n', 'work'),
      });
    }
    await cluster().kubectl('delete', 'namespace', 'work', '--timeout=60s');
    await cluster().kubectl('create', 'namespace', 'work');
    for (const name of ['foreign-1', 'foreign-2']) {
      await create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'work' }, spec: pod });
    }
    await rig.addBackup('work', archived);
    const { result } = await play('work', { backupName: 'work' });
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    const chosen = await get('job', 'chosen', '-n', 'work');
    expect(chosen.spec.selector).toEqual({ matchLabels: labels });
    expect(chosen.spec.template.metadata.labels).toEqual(labels);
    const generated = await get('job', 'generated', '-n', 'work');
    expect(generated.spec.selector.matchLabels).toEqual({
      'batch.kubernetes.io/controller-uid': generated.metadata.uid,
    });
    await cluster().kubectl(
      '-n',
      'work',
      'wait',
      '--for=jsonpath={.status.active}=1',
      'job/chosen',
      '--timeout=30s',
    );
    for (const name of ['foreign-1', 'foreign-2']) {
      expect((await get('pod', name, '-n', 'work')).metadata.ownerReferences).toBeUndefined();
    }
  }, 60_000);

  it('keeps an owner that is alive with the uid of the reference, and drops one that is gone or another', async () => {
    const owner = async (name: string, ns: string): Promise<TestObject> => {
      await create(configMap(ns, name).object as TestObject);
      return get('configmap', name, '-n', ns);
    };
    await cluster().kubectl('create', 'namespace', 'family');
    await cluster().kubectl('create', 'namespace', 'neighbours');
    const alive = await owner('alive', 'family');
    const replaced = await owner('replaced', 'family');
    const gone = await owner('gone', 'family');
    const far = await owner('far', 'neighbours');
    const { metadata: family } = await get('namespace', 'family');
    const ref = (kind: string, { name, uid }: { name: string; uid: string }) => ({
      apiVersion: 'v1',
      kind,
      name,
      uid,
    });
    const child = (name: string, ...ownerReferences: object[]) =>
      configMap('family', name, {}, { ownerReferences });
    const items = [
      child('child-of-alive', ref('ConfigMap', alive.metadata)),
      child('child-of-cluster', ref('Namespace', family as { name: string; uid: string })),
      child('child-of-both', ref('ConfigMap', alive.metadata), ref('ConfigMap', gone.metadata)),
      child('child-of-replaced', ref('ConfigMap', replaced.metadata)),
      child('child-of-gone', ref('ConfigMap', gone.metadata)),
      child('child-of-far', ref('ConfigMap', far.metadata)),
      child('child-of-unknown', { apiVersion: 'none.example.com/v1', kind: 'None', name: 'x', uid: 'y' }),
    ];
    for (const name of ['replaced', 'gone'])
      await cluster().kubectl('-n', 'family', 'delete', 'configmap', name);
    await owner('replaced', 'family');
    await rig.addBackup('family', items);
    await play('family', { backupName: 'family' });
    const { items: found } = await get('configmaps', '-n', 'family', '-l', 'velero.io/restore-name=family');
    const owners = (found as TestObject[]).map(({ metadata }) => [
      metadata.name,
      (metadata.ownerReferences ?? []).map(({ uid }: { uid: string }) => uid),
    ]);
    expect(Object.fromEntries(owners)).toEqual({
      'child-of-alive': [alive.metadata.uid],
      'child-of-cluster': [family.uid],
      'child-of-both': [alive.metadata.uid],
      'child-of-replaced': [],
      'child-of-gone': [],
      'child-of-far': [],
      'child-of-unknown': [],
    });
    expect((await rig.results('family')).warnings.namespaces?.family?.sort()).toEqual([
      expect.stringMatching(/child-of-both: its owner ConfigMap gone .*it is not in the cluster/),
      expect.stringMatching(/child-of-far: .*it is not in the cluster/),
      expect.stringMatching(/child-of-gone: .*it is not in the cluster/),
      expect.stringMatching(/child-of-replaced: .*another object of that name/),
      expect.stringMatching(/child-of-unknown: .*does not serve/),
    ]);
  }, 60_000);
});
