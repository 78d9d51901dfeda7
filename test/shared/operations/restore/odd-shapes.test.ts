import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import { rehearse } from '../../../../shared/operations/restore/rehearsal/rehearse';
import { restore } from '../../../../shared/operations/restore/restore';
import type { WholeItem } from '../../formats/vault/archive/batches';
import { configMapItem, putEarlierArchive } from '../../formats/vault/archive/earlier-archive';
import { connectTo, RestoreRig } from './restore-rig';

/** A cluster that refuses every write but those of a ConfigMap and its namespace, as an API server refuses what is malformed. */
function refusingOdd(cluster: Cluster): Cluster {
  const refusal = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'BadRequest', code: 400 };
  return {
    ...cluster,
    name: cluster.name,
    server: cluster.server,
    discover: (options) => cluster.discover(options),
    close: () => cluster.close(),
    async request(request) {
      const harmless =
        request.method === 'GET' ||
        /\/configmaps\b/.test(request.path) ||
        /"name":"odd-\d+"/.test(String(request.body));
      if (harmless) return cluster.request(request);
      const body = Buffer.from(JSON.stringify({ ...refusal, message: 'the object is malformed' }));
      return { status: 400, headers: { 'content-type': 'application/json' }, body, ambiguous: false };
    },
  };
}

/** Kinds whose parts a restore reads, and the parts. */
const kinds: [groupResource: string, apiVersion: string, kind: string, namespaced: boolean][] = [
  ['pods', 'v1', 'Pod', true],
  ['services', 'v1', 'Service', true],
  ['endpoints', 'v1', 'Endpoints', true],
  ['secrets', 'v1', 'Secret', true],
  ['serviceaccounts', 'v1', 'ServiceAccount', true],
  ['persistentvolumeclaims', 'v1', 'PersistentVolumeClaim', true],
  ['persistentvolumes', 'v1', 'PersistentVolume', false],
  ['namespaces', 'v1', 'Namespace', false],
  ['deployments.apps', 'apps/v1', 'Deployment', true],
  ['replicasets.apps', 'apps/v1', 'ReplicaSet', true],
  ['statefulsets.apps', 'apps/v1', 'StatefulSet', true],
  ['jobs.batch', 'batch/v1', 'Job', true],
  ['cronjobs.batch', 'batch/v1', 'CronJob', true],
  ['ingresses.networking.k8s.io', 'networking.k8s.io/v1', 'Ingress', true],
  ['endpointslices.discovery.k8s.io', 'discovery.k8s.io/v1', 'EndpointSlice', true],
  ['horizontalpodautoscalers.autoscaling', 'autoscaling/v2', 'HorizontalPodAutoscaler', true],
  ['rolebindings.rbac.authorization.k8s.io', 'rbac.authorization.k8s.io/v1', 'RoleBinding', true],
  ['clusterroles.rbac.authorization.k8s.io', 'rbac.authorization.k8s.io/v1', 'ClusterRole', false],
  [
    'customresourcedefinitions.apiextensions.k8s.io',
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    false,
  ],
  [
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    false,
  ],
];
const fields = [
  'template',
  'containers',
  'initContainers',
  'volumes',
  'selector',
  'ports',
  'claimRef',
  'volumeName',
  'storageClassName',
  'volumeClaimTemplates',
  'serviceAccountName',
  'versions',
  'names',
  'group',
  'rules',
  'subjects',
  'roleRef',
  'webhooks',
  'jobTemplate',
  'metrics',
  'resources',
  'accessModes',
  'metadata',
  'spec',
  'imagePullSecrets',
  'secrets',
  'finalizers',
  'clusterIP',
  'clusterIPs',
  'type',
  'persistentVolumeClaim',
  'conversion',
  'schedule',
  'endpoints',
  'addresses',
  'subsets',
];
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(null, 5, true, '', 'x', [], {}, [null], [[]], -1, 'shop/x'),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fields), tie('any'), { maxKeys: 4 }),
  ),
})).any;
const odd = fc.record({
  kind: fc.constantFrom(...kinds),
  spec: value,
  status: value,
  more: fc.dictionary(
    fc.constantFrom(
      'data',
      'type',
      'rules',
      'subjects',
      'roleRef',
      'secrets',
      'webhooks',
      'subsets',
      'endpoints',
      'imagePullSecrets',
      'ports',
    ),
    value,
    { maxKeys: 3 },
  ),
  metadata: fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    fc.dictionary(
      fc.constantFrom(
        'labels',
        'annotations',
        'ownerReferences',
        'finalizers',
        'managedFields',
        'uid',
        'creationTimestamp',
        'generateName',
        'deletionTimestamp',
      ),
      value,
      { maxKeys: 3 },
    ),
  ),
});

describe('whatever shape the objects of a proved archive have', () => {
  const rig = new RestoreRig();
  let sandbox: SandboxCluster;
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = refusingOdd(await connectTo(sandbox.kubeconfig));
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  it('a plan and a restore come to their end, and restore the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { minLength: 1, maxLength: 12 }), async (objects) => {
        const name = `odd-${++count}`;
        const items: WholeItem[] = objects.map(
          ({ kind: [groupResource, apiVersion, kind, namespaced], spec, status, more, metadata }, index) => {
            const place = { name: `o-${count}-${index}`, ...(namespaced && { namespace: name }) };
            const body = { apiVersion, kind, metadata: { ...metadata, ...place }, spec, status, ...more };
            return {
              groupResource,
              version: apiVersion.split('/').pop()!,
              ...place,
              body: Buffer.from(JSON.stringify(body)),
            };
          },
        );
        items.push(configMapItem(name, 'good'));
        items.sort((a, b) => (a.groupResource < b.groupResource ? -1 : 1));
        await rig.addArchive(name, Buffer.alloc(0), undefined, {});
        await putEarlierArchive(rig.vault, name, items);
        const job = (run: string) => ({
          ...rig.job(target, run, { backupName: name }),
          origin: { verdict: 'proved', by: 'the test' } as const,
        });
        await rehearse(job(`plan-${name}`), { hashKey: randomBytes(32), heard: () => {} });
        const result = await restore(job(name), {
          termination: 0,
          resources: 100,
          deletion: 0,
          poll: 10,
        } as never);
        expect(['Completed', 'PartiallyFailed']).toContain(result.phase);
        const outcomes = await rig.outcomes(name);
        expect(outcomes.find((one) => one.name === 'good')?.outcome).toBe('created');
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 300_000);
});
