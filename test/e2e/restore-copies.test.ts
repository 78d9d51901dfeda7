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
import { configMap, namespace } from './restore/items';

const policies = ['update', 'merge', 'replace'] as const;
const hashKey = Buffer.alloc(32, 1);
const hasty = { refusals: 1_000, termination: 1_000, poll: 100 };

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';
const bindings = `clusterrolebindings.${rbac}`;

const account = (ns: string) => ({ kind: 'ServiceAccount', name: 'web', namespace: ns });
const binding = (subjects: object[]): TestObject => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'prod-view' },
  roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
  subjects,
});
const user = (name: string) => ({ kind: 'User', apiGroup: rbac, name });

/** Objects outside of namespace prod that it uses, each in the state that a later restore finds. */
const used: TestItem[] = [
  {
    groupResource: bindings,
    object: binding([account('prod'), user('system:serviceaccount:prod:web'), user('gone')]),
  },
  {
    groupResource: `rolebindings.${rbac}`,
    object: {
      ...binding([account('prod')]),
      kind: 'RoleBinding',
      metadata: { name: 'prod-reads', namespace: 'common' },
    },
  },
  {
    groupResource: 'flowschemas.flowcontrol.apiserver.k8s.io',
    object: {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'FlowSchema',
      metadata: { name: 'prod-requests' },
      spec: {
        matchingPrecedence: 900,
        priorityLevelConfiguration: { name: 'global-default' },
        rules: [
          {
            subjects: [{ kind: 'ServiceAccount', serviceAccount: { namespace: 'prod', name: 'web' } }],
            resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['prod'] }],
          },
        ],
      },
    },
  },
  {
    groupResource: `validatingwebhookconfigurations.${admission}`,
    object: {
      apiVersion: `${admission}/v1`,
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'prod-check' },
      webhooks: [
        {
          name: 'check.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Ignore',
          timeoutSeconds: 1,
          clientConfig: { service: { namespace: 'prod', name: 'check' } },
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prod' } },
          rules: [
            { apiGroups: ['example.com'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*'] },
          ],
        },
      ],
    },
  },
  {
    groupResource: `validatingadmissionpolicybindings.${admission}`,
    object: {
      apiVersion: `${admission}/v1`,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'prod-rules' },
      spec: {
        policyName: 'rules',
        validationActions: ['Audit'],
        paramRef: { name: 'limits', namespace: 'prod', parameterNotFoundAction: 'Allow' },
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prod' } },
        },
      },
    },
  },
  {
    groupResource: 'ingressclasses.networking.k8s.io',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'prod-ingress' },
      spec: {
        controller: 'example.com/prod',
        parameters: { kind: 'ConfigMap', name: 'p', scope: 'Namespace', namespace: 'prod' },
      },
    },
  },
  {
    groupResource: 'storageclasses.storage.k8s.io',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'prod-disk' },
      provisioner: 'disk.example.com',
      parameters: {
        'csi.storage.k8s.io/provisioner-secret-name': 's',
        'csi.storage.k8s.io/provisioner-secret-namespace': 'prod',
      },
    },
  },
];

const volume = (name: string, storageClassName = ''): TestItem => ({
  groupResource: 'persistentvolumes',
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: `/tmp/${name}` },
    },
  },
});
const claim = (ns: string, volumeName: string): TestItem => ({
  groupResource: 'persistentvolumeclaims',
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: ns },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      resources: { requests: { storage: '1Gi' } },
      volumeName,
    },
  },
});

const place = ({ groupResource, object }: TestItem): [string, string, string | undefined] => {
  const { metadata } = object as TestObject;
  return [groupResource, metadata.name, metadata.namespace];
};
const content = ({
  apiVersion: _a,
  kind: _k,
  metadata: { name, labels, uid },
  status: _s,
  ...rest
}: TestObject) => ({
  name,
  labels,
  uid,
  ...rest,
});

describeWithRealCluster('a copy of a namespace beside its original', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let objects: ClusterObjects;
  const bound = (ns: string) =>
    objects.until('persistentvolumeclaims', 'data', ns, ({ status }) => status?.phase === 'Bound');
  const play = async (
    name: string,
    spec: RestoreSpec,
    more: Pick<RestoreRequest, 'conflicts' | 'object'> = {},
  ) => {
    const job = rig.job(target, name, spec, { allowEmptyVolumes: true, ...more });
    const { problems } = await rehearse(job, { hashKey, heard: () => {} });
    const result = await restore(job, hasty);
    return { result, problems, outcomes: await rig.outcomes(name) };
  };

  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    objects = new ClusterObjects(target);
    await objects.createNamespaces('prod', 'common');
    const items = [...used, volume('prod-data'), claim('prod', 'prod-data')];
    await objects.create(...items);
    await bound('prod');
    const archived = [namespace('prod'), namespace('common'), configMap('prod', 'settings')];
    for (const one of items) archived.push({ ...one, object: await objects.get(...place(one)) });
    await rig.addBackup('prod', archived);
    // What a person has changed since the backup.
    const subjects = [account('prod'), user('system:serviceaccount:prod:web')];
    await objects.merge(bindings, 'prod-view', undefined, { subjects });
    const since = { metadata: { labels: { since: 'then' } } };
    await objects.merge('persistentvolumes', 'prod-data', undefined, since);
    await objects.merge(`validatingwebhookconfigurations.${admission}`, 'prod-check', undefined, since);
    await objects.merge('storageclasses.storage.k8s.io', 'prod-disk', undefined, since);
  }, 60_000);
  afterAll(() => target?.close());

  describe.each(policies)('under %s', (policy) => {
    const copy = `copy-${policy}`;
    const shared = [...used.slice(3), volume('prod-data')];
    let before: object[];
    beforeAll(async () => {
      before = [];
      for (const one of shared) before.push(content(await objects.get(...place(one))));
      await play(
        copy,
        { backupName: 'prod', namespaceMapping: { prod: copy }, includeClusterResources: true },
        { conflicts: { policy } },
      );
    }, 60_000);

    it('leaves the disk and everything else that has one owner as the original has it, and says why', async () => {
      const after: object[] = [];
      for (const one of shared) after.push(content(await objects.get(...place(one))));
      expect(after).toEqual(before);
      expect((await objects.get('persistentvolumeclaims', 'data', 'prod')).status.phase).toBe('Bound');
      const outcomes = await rig.outcomes(copy);
      const reasons = outcomes.filter(({ outcome }) => outcome === 'different').map(({ reason }) => reason);
      expect(reasons).toHaveLength(shared.length);
      expect(reasons).toContainEqual(
        expect.stringContaining('left alone: it is the volume of claim prod/data'),
      );
      expect(reasons).toContainEqual(
        expect.stringContaining('names namespace prod, which this restore copies'),
      );
    });

    it('adds the accounts of the copy to bindings and flow schemas, and brings back no right that was taken', async () => {
      const { subjects } = await objects.get(bindings, 'prod-view');
      expect(subjects).toEqual(
        expect.arrayContaining([
          account('prod'),
          user('system:serviceaccount:prod:web'),
          account(copy),
          user(`system:serviceaccount:${copy}:web`),
        ]),
      );
      expect(JSON.stringify(subjects)).not.toContain('gone');
      expect((await objects.get(`rolebindings.${rbac}`, 'prod-reads', 'common')).subjects).toEqual(
        expect.arrayContaining([account('prod'), account(copy)]),
      );
      const rules = JSON.stringify(
        (await objects.get('flowschemas.flowcontrol.apiserver.k8s.io', 'prod-requests')).spec.rules,
      );
      for (const ns of ['prod', copy]) expect(rules).toContain(`"namespaces":["${ns}"]`);
    });

    it('finds nothing to add the second time', async () => {
      const { outcomes } = await play(
        `${copy}-again`,
        { backupName: 'prod', namespaceMapping: { prod: copy }, includeClusterResources: true },
        { conflicts: { policy } },
      );
      const added = outcomes.filter(({ groupResource }) => /bindings\.rbac|flowschemas/.test(groupResource));
      expect(added.map(({ outcome }) => outcome)).toEqual(['same', 'same', 'same']);
    });
  });

  it('maps what it knows to name the original, and names in the plan what it leaves', async () => {
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'c', image: 'example.com/web', args: ['--namespace=named'] }],
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } }, namespaces: ['named'] },
            ],
          },
        },
      },
    };
    await rig.addBackup('named', [
      namespace('named'),
      {
        groupResource: 'services',
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'db', namespace: 'named' },
          spec: { type: 'ExternalName', externalName: 'db.named.svc.cluster.local' },
        },
      },
      {
        groupResource: 'deployments.apps',
        object: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web', namespace: 'named' },
          spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template },
        },
      },
      configMap('named', 'settings', { data: { url: 'http://db.named.svc/', mode: 'named' } }),
    ]);
    const { problems, outcomes } = await play('named', {
      backupName: 'named',
      namespaceMapping: { named: 'named-copy' },
    });
    expect((await objects.get('services', 'db', 'named-copy')).spec.externalName).toBe(
      'db.named-copy.svc.cluster.local',
    );
    const { affinity } = (await objects.get('deployments.apps', 'web', 'named-copy')).spec.template.spec;
    expect(affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces).toEqual([
      'named-copy',
    ]);
    const left = [
      'configmaps named-copy/settings (data.url)',
      'deployments.apps named-copy/web (spec.template.spec.containers[0].args[0])',
    ];
    const unmapped = problems.filter(({ kind }) => kind === 'namespace-not-mapped');
    expect(unmapped.flatMap(({ objects }) => objects)).toEqual(left);
    const { warnings } = await rig.results('named');
    expect(warnings.cluster?.map((one) => one.split(': ')[1]).sort()).toEqual(left);
    expect(outcomes.filter((one) => one.unmapped).map((one) => one.unmapped)).toEqual(
      expect.arrayContaining([['data.url'], ['spec.template.spec.containers[0].args[0]']]),
    );
  }, 30_000);

  it.each(policies)(
    'keeps a volume with the claim that has it now, under %s without a mapping',
    async (policy) => {
      const name = `moved-${policy}`;
      await objects.createNamespaces(name);
      await objects.create(volume(name), claim(name, name));
      await bound(name);
      const now = await objects.get('persistentvolumes', name);
      // In the backup the volume was free, belonged to another claim, or to an earlier one of that name.
      const refs = [
        undefined,
        { namespace: 'prod', name: 'data' },
        { namespace: name, name: 'data', uid: 'old' },
      ];
      for (const [index, claimRef] of refs.entries()) {
        const backup = `${name}-${index}`;
        await rig.addBackup(backup, [
          { groupResource: 'persistentvolumes', object: { ...now, spec: { ...now.spec, claimRef } } },
        ]);
        await play(backup, { backupName: backup, includeClusterResources: true }, { conflicts: { policy } });
        expect((await objects.get('persistentvolumes', name)).spec.claimRef).toEqual(now.spec.claimRef);
      }
      expect((await objects.get('persistentvolumes', name)).status.phase).toBe('Bound');
    },
  );

  it('adds only what the mapping made of the backup, and leaves the fields of other managers to them', async () => {
    const left = user('system:serviceaccount:second:left');
    // Beside an account of the original, the backup has two of the namespace that the copy goes to.
    const subjects = [account('prod'), account('second'), left];
    const object = { ...binding(subjects), metadata: { name: 'two-teams' } };
    await rig.addBackup('two-teams', [
      namespace('prod'),
      configMap('prod', 'settings'),
      { groupResource: bindings, object },
    ]);
    // Their rights were taken since, and a GitOps tool keeps the binding.
    const applied = await target.request({
      method: 'PATCH',
      path: `/apis/${rbac}/v1/clusterrolebindings/two-teams?fieldManager=gitops`,
      body: JSON.stringify({ ...object, subjects: [account('prod')] }),
      contentType: 'application/apply-patch+yaml',
    });
    expect(applied.status).toBe(201);
    const copy = async (to: string) => {
      const spec = { backupName: 'two-teams', namespaceMapping: { prod: to }, includeClusterResources: true };
      await play(`two-teams-${to}`, spec, { conflicts: { policy: 'update' } });
      return objects.get(bindings, 'two-teams');
    };
    expect((await copy('third')).subjects).toEqual([account('prod'), account('third')]);
    const { subjects: now, metadata } = await copy('second');
    expect(now).toEqual([account('prod'), account('third'), account('second')]);
    expect(metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'gitops', operation: 'Apply' }),
    );
  });

  it('gives a free volume to no claim before the claim asks for it', async () => {
    // Of a class of its own, so that the binder gives it to no claim that waits elsewhere in the cluster.
    await objects.create(volume('free', 'unclaimed'));
    const free = await objects.get('persistentvolumes', 'free');
    const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'prod', name: 'other', uid: 'old' };
    await rig.addBackup('free', [
      { groupResource: 'persistentvolumes', object: { ...free, spec: { ...free.spec, claimRef } } },
      configMap('prod', 'settings'),
    ]);
    for (const policy of policies) {
      const { outcomes } = await play(
        `free-${policy}`,
        { backupName: 'free', namespaceMapping: { prod: 'free-copy' }, includeClusterResources: true },
        { conflicts: { policy } },
      );
      expect(outcomes).toContainEqual(expect.objectContaining({ name: 'free', outcome: 'same' }));
      expect((await objects.get('persistentvolumes', 'free')).spec.claimRef).toBeUndefined();
    }
  });
});
