import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/cluster/port';
import type { RestoreRequest } from '../../shared/manifests/run';
import type { RestoreSpec } from '../../shared/manifests/velero';
import { rehearse } from '../../shared/restore/rehearsal/rehearse';
import { restore } from '../../shared/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestItem, type TestObject } from '../shared/restore/restore-rig';
import { configMap, namespace } from './restore/items';

const policies = ['update', 'merge', 'replace'] as const;
const hashKey = Buffer.alloc(32, 1);
const hasty = { refusals: 1_000, termination: 1_000, poll: 100 };

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

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
    groupResource: `clusterrolebindings.${rbac}`,
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

const volume = (name: string): TestObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: `/tmp/${name}` },
  },
});
const claim = (ns: string, volumeName: string): TestObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: ns },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: '',
    resources: { requests: { storage: '1Gi' } },
    volumeName,
  },
});

const path = ({ groupResource, object }: TestItem): string[] => {
  const { metadata } = object as TestObject;
  return [groupResource, metadata.name, ...(metadata.namespace ? ['-n', metadata.namespace] : [])];
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
  let archived: TestItem[];
  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));
  const create = (object: TestObject) => cluster().create(JSON.stringify(object));
  const bound = (ns: string) =>
    cluster().kubectl('-n', ns, 'wait', '--for=jsonpath={.status.phase}=Bound', 'pvc/data', '--timeout=30s');
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
    for (const ns of ['prod', 'common']) await cluster().kubectl('create', 'namespace', ns);
    for (const { object } of used) await create(object as TestObject);
    await create(volume('prod-data'));
    await create(claim('prod', 'prod-data'));
    await bound('prod');
    const items: TestItem[] = [
      ...used,
      { groupResource: 'persistentvolumes', object: volume('prod-data') },
      { groupResource: 'persistentvolumeclaims', object: claim('prod', 'prod-data') },
    ];
    archived = [namespace('prod'), namespace('common'), configMap('prod', 'settings')];
    for (const one of items) archived.push({ ...one, object: await get(...path(one)) });
    await rig.addBackup('prod', archived);
    // What a person has changed since the backup.
    await cluster().apply(JSON.stringify(binding([account('prod'), user('system:serviceaccount:prod:web')])));
    await cluster().kubectl('label', 'pv', 'prod-data', 'since=then');
    for (const one of ['validatingwebhookconfiguration/prod-check', 'storageclass/prod-disk']) {
      await cluster().kubectl('label', one, 'since=then');
    }
  }, 60_000);
  afterAll(() => target?.close());

  describe.each(policies)('under %s', (policy) => {
    const copy = `copy-${policy}`;
    const shared = [...used.slice(3), { groupResource: 'persistentvolumes', object: volume('prod-data') }];
    let before: object[];
    beforeAll(async () => {
      before = [];
      for (const one of shared) before.push(content(await get(...path(one))));
      await play(
        copy,
        { backupName: 'prod', namespaceMapping: { prod: copy }, includeClusterResources: true },
        { conflicts: { policy } },
      );
    }, 60_000);

    it('leaves the disk and everything else that has one owner as the original has it, and says why', async () => {
      const after: object[] = [];
      for (const one of shared) after.push(content(await get(...path(one))));
      expect(after).toEqual(before);
      expect((await get('pvc', 'data', '-n', 'prod')).status.phase).toBe('Bound');
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
      const { subjects } = await get('clusterrolebinding', 'prod-view');
      expect(subjects).toEqual(
        expect.arrayContaining([
          account('prod'),
          user('system:serviceaccount:prod:web'),
          account(copy),
          user(`system:serviceaccount:${copy}:web`),
        ]),
      );
      expect(JSON.stringify(subjects)).not.toContain('gone');
      expect((await get('rolebinding', 'prod-reads', '-n', 'common')).subjects).toEqual(
        expect.arrayContaining([account('prod'), account(copy)]),
      );
      const rules = JSON.stringify((await get('flowschema', 'prod-requests')).spec.rules);
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
    expect((await get('service', 'db', '-n', 'named-copy')).spec.externalName).toBe(
      'db.named-copy.svc.cluster.local',
    );
    const { affinity } = (await get('deployment', 'web', '-n', 'named-copy')).spec.template.spec;
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
      await cluster().kubectl('create', 'namespace', name);
      await create(volume(name));
      await create(claim(name, name));
      await bound(name);
      const now = await get('pv', name);
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
        expect((await get('pv', name)).spec.claimRef).toEqual(now.spec.claimRef);
      }
      expect((await get('pv', name)).status.phase).toBe('Bound');
    },
  );
});
