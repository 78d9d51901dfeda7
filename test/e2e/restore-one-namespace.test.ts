import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { RestoreRequest } from '../../shared/formats/manifests/run';
import type { RestoreSpec } from '../../shared/formats/manifests/velero';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { ClusterObjects } from './restore/cluster-objects';
import { anything, configMap, definition, namespace } from './restore/items';

const hashKey = Buffer.alloc(32, 1);
const isEstablished = ({ status }: TestObject) =>
  (status?.conditions ?? []).some(
    (one: { type: string; status: string }) => one.type === 'Established' && one.status === 'True',
  );
const inNamespace = ({ groupResource, object }: TestItem, ns: string): TestItem => {
  const { metadata, ...rest } = object as TestObject;
  return {
    groupResource,
    object: { ...rest, metadata: { ...metadata, namespace: ns, resourceVersion: undefined } } as TestObject,
  };
};
const hasty = { refusals: 1_000, termination: 1_000, poll: 100 };

describeWithRealCluster('a restore of one namespace', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let objects: ClusterObjects;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    objects = new ClusterObjects(target);
  });
  afterAll(() => target?.close());
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
    const widget: TestItem = {
      groupResource: 'widgets.example.com',
      object: {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'a', namespace: 'elsewhere' },
        spec: { color: 'red', weight: 'heavy' },
      },
    };
    const lost = expect.objectContaining({
      kind: 'crd-would-lose-fields',
      message: expect.stringContaining('v1 spec.weight'),
      objects: ['customresourcedefinitions.apiextensions.k8s.io widgets.example.com'],
    });
    const items = [namespace('shop'), older, configMap('shop', 'settings')];

    beforeAll(async () => {
      await objects.create(newer);
      await objects.until(newer.groupResource, 'widgets.example.com', undefined, isEstablished);
      await objects.createNamespaces('elsewhere');
      await objects.create(widget);
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
        const color = `after ${policy}`;
        const { spec } = await objects.merge('widgets.example.com', 'a', 'elsewhere', { spec: { color } });
        expect(spec).toEqual({ color, weight: 'heavy' });
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
    // Archived from another namespace: this one is then clean, and the uids are those of Jobs that are not here.
    await objects.createNamespaces('work', 'before');
    const archived = [namespace('work')];
    for (const item of items) {
      const made = await objects.create(inNamespace(item, 'before'));
      archived.push(inNamespace({ ...item, object: made }, 'work'));
    }
    for (const name of ['foreign-1', 'foreign-2']) {
      await objects.create({
        groupResource: 'pods',
        object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'work' }, spec: pod },
      });
    }
    await rig.addBackup('work', archived);
    const { result } = await play('work', { backupName: 'work' });
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    const chosen = await objects.get('jobs.batch', 'chosen', 'work');
    expect(chosen.spec.selector).toEqual({ matchLabels: labels });
    expect(chosen.spec.template.metadata.labels).toEqual(labels);
    const generated = await objects.get('jobs.batch', 'generated', 'work');
    expect(generated.spec.selector.matchLabels).toEqual({
      'batch.kubernetes.io/controller-uid': generated.metadata.uid,
    });
    await objects.until('jobs.batch', 'chosen', 'work', ({ status }) => status?.active === 1);
    for (const name of ['foreign-1', 'foreign-2']) {
      expect((await objects.get('pods', name, 'work')).metadata.ownerReferences).toBeUndefined();
    }
  }, 60_000);

  it('keeps an owner that is alive with the uid of the reference, and drops one that is gone or another', async () => {
    const owner = (name: string, ns: string) => objects.create(configMap(ns, name));
    await objects.createNamespaces('family', 'neighbours');
    const alive = await owner('alive', 'family');
    const replaced = await owner('replaced', 'family');
    const gone = await owner('gone', 'family');
    const far = await owner('far', 'neighbours');
    const { metadata: family } = await objects.get('namespaces', 'family');
    const ref = (kind: string, { name, uid }: { name: string; uid: string }) => ({
      apiVersion: 'v1',
      kind,
      name,
      uid,
    });
    const child = (name: string, ...ownerReferences: object[]) =>
      configMap('family', name, {}, { ownerReferences });
    const items = [
      child('child-of-a-wrong-name', ref('ConfigMap', { ...alive.metadata, name: 'nobody' })),
      child('child-of-alive', ref('ConfigMap', alive.metadata)),
      child('child-of-cluster', ref('Namespace', family as { name: string; uid: string })),
      child('child-of-both', ref('ConfigMap', alive.metadata), ref('ConfigMap', gone.metadata)),
      child('child-of-replaced', ref('ConfigMap', replaced.metadata)),
      child('child-of-gone', ref('ConfigMap', gone.metadata)),
      child('child-of-far', ref('ConfigMap', far.metadata)),
      child('child-of-unknown', { apiVersion: 'none.example.com/v1', kind: 'None', name: 'x', uid: 'y' }),
    ];
    for (const name of ['replaced', 'gone']) await objects.delete('configmaps', name, 'family');
    await owner('replaced', 'family');
    await rig.addBackup('family', items);
    await play('family', { backupName: 'family' });
    const found = (await objects.list('configmaps', 'family')).filter(
      ({ metadata }) => metadata.labels?.['velero.io/restore-name'] === 'family',
    );
    const owners = found.map(({ metadata }) => [
      metadata.name,
      (metadata.ownerReferences ?? []).map(({ uid }: { uid: string }) => uid),
    ]);
    expect(Object.fromEntries(owners)).toEqual({
      'child-of-a-wrong-name': [],
      'child-of-alive': [alive.metadata.uid],
      'child-of-cluster': [family.uid],
      'child-of-both': [alive.metadata.uid],
      'child-of-replaced': [],
      'child-of-gone': [],
      'child-of-far': [],
      'child-of-unknown': [],
    });
    expect((await rig.results('family')).warnings.namespaces?.family?.sort()).toEqual([
      expect.stringMatching(/child-of-a-wrong-name: .*it is not in the cluster/),
      expect.stringMatching(/child-of-both: its owner ConfigMap gone .*it is not in the cluster/),
      expect.stringMatching(/child-of-far: .*it is not in the cluster/),
      expect.stringMatching(/child-of-gone: .*it is not in the cluster/),
      expect.stringMatching(/child-of-replaced: .*another object of that name/),
      expect.stringMatching(/child-of-unknown: .*does not serve/),
    ]);
  }, 60_000);

  it('names cluster-scoped objects that it leaves out and its objects need, and the flag that brings them', async () => {
    const rbac = 'rbac.authorization.k8s.io';
    const admission = 'admissionregistration.k8s.io';
    const ns = 'argocd';
    const crds = 'customresourcedefinitions.apiextensions.k8s.io';
    const item = (
      groupResource: string,
      apiVersion: string,
      kind: string,
      name: string,
      more: object = {},
    ) => ({
      groupResource,
      object: { apiVersion, kind, metadata: { name }, ...more },
    });
    const role = (name: string) =>
      item(`clusterroles.${rbac}`, `${rbac}/v1`, 'ClusterRole', name, { rules: [] });
    const binding = (name: string, subject: object, to = name) =>
      item(`clusterrolebindings.${rbac}`, `${rbac}/v1`, 'ClusterRoleBinding', name, {
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: to },
        subjects: [subject],
      });
    const account = (namespaceOf: string) => ({
      kind: 'ServiceAccount',
      name: 'server',
      namespace: namespaceOf,
    });
    const priority = (name: string) =>
      item('priorityclasses.scheduling.k8s.io', 'scheduling.k8s.io/v1', 'PriorityClass', name, { value: 5 });
    const group = { kind: 'Group', apiGroup: rbac, name: `system:serviceaccounts:${ns}` };
    const hook = (name: string, namespaceOf: string) =>
      item(
        `validatingwebhookconfigurations.${admission}`,
        `${admission}/v1`,
        'ValidatingWebhookConfiguration',
        name,
        {
          webhooks: [
            {
              name: `${name}.example.com`,
              admissionReviewVersions: ['v1'],
              sideEffects: 'None',
              clientConfig: { service: { namespace: namespaceOf, name: 'hook' } },
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } },
            },
          ],
        },
      );
    const present = [role('argocd-there'), binding('argocd-there', account(ns)), priority('argocd-there')];
    const wanted = [
      definition('applications', 'Application', 'argoproj.io', anything),
      role('argocd-server'),
      binding('argocd-server', account(ns)),
      role('argocd-by-group'),
      binding('argocd-by-group', group),
      role('argocd-in-namespace'),
      priority('argocd'),
      hook('argocd', ns),
    ];
    const others = [
      definition('gadgets', 'Gadget', 'example.org', anything),
      role('other'),
      binding('other', account('elsewhere')),
      priority('other'),
      hook('other', 'elsewhere'),
    ];
    const pod = { containers: [{ name: 'c', image: 'example.com/none' }], priorityClassName: 'argocd' };
    const restored: TestItem[] = [
      namespace(ns),
      {
        groupResource: 'applications.argoproj.io',
        object: {
          apiVersion: 'argoproj.io/v1',
          kind: 'Application',
          metadata: { namespace: ns, name: 'shop' },
        },
      },
      {
        groupResource: `rolebindings.${rbac}`,
        object: {
          apiVersion: `${rbac}/v1`,
          kind: 'RoleBinding',
          metadata: { namespace: ns, name: 'server' },
          roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'argocd-in-namespace' },
          subjects: [account(ns)],
        },
      },
      {
        groupResource: 'deployments.apps',
        object: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { namespace: ns, name: 'server' },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'server' } },
            template: { metadata: { labels: { app: 'server' } }, spec: pod },
          },
        },
      },
    ];
    await objects.create(...present);
    await rig.addBackup('cluster', [...others, ...wanted, ...present, ...restored]);
    const { problems } = await play('argocd', { backupName: 'cluster', includedNamespaces: [ns] });
    const left = problems.filter(({ kind }) => kind === 'cluster-resources-left-out');
    expect(left.flatMap((one) => one.objects).sort()).toEqual(
      wanted
        .map(({ groupResource, object }) => `${groupResource} ${(object as TestObject).metadata.name}`)
        .sort(),
    );
    for (const { hint } of left) expect(hint).toContain('--include-cluster-resources true');
    expect(left.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/ clusterrolebindings\.rbac.*: argocd-by-group, argocd-server$/),
    );
    const { warnings } = await rig.results('argocd');
    expect(warnings.cluster).toHaveLength(left.length);
    expect(warnings.cluster).toContainEqual(expect.stringContaining('applications.argoproj.io'));

    const again = await play('argocd-with-cluster', {
      backupName: 'cluster',
      includedNamespaces: [ns],
      includeClusterResources: true,
    });
    expect(again.problems.filter(({ kind }) => kind === 'cluster-resources-left-out')).toEqual([]);
    await objects.delete(`validatingwebhookconfigurations.${admission}`, 'argocd');
    await objects.delete(`validatingwebhookconfigurations.${admission}`, 'other');
    expect((await objects.get('applications.argoproj.io', 'shop', ns)).metadata.name).toBe('shop');
    const now = await play('argocd-now', {
      backupName: 'cluster',
      includedNamespaces: [ns],
      excludedResources: [crds],
    });
    expect(now.problems.flatMap((one) => one.objects)).toEqual([
      `validatingwebhookconfigurations.${admission} argocd`,
    ]);
  }, 60_000);
});
