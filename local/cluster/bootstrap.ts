import type { KubeObject } from '../../shared/cluster/kube-object';
import type { ObjectApi } from './object-api';
import type { ServedResources } from './served-resources';

const manager = 'kube-apiserver';

/** What every cluster has from its first moment, as far as a backup or a restore looks at it. */
export function bootstrap(api: ObjectApi, served: ServedResources): void {
  const create = (apiVersion: string, kind: string, object: KubeObject) => {
    const resource = served.findKind(apiVersion, kind)!;
    api.createObject(resource, object.metadata.namespace ?? '', object, { dryRun: false, manager });
  };
  for (const name of ['kube-system', 'kube-public', 'kube-node-lease', 'default']) {
    create('v1', 'Namespace', { metadata: { name } });
  }
  for (const [name, value] of [
    ['system-node-critical', 2_000_001_000],
    ['system-cluster-critical', 2_000_000_000],
  ] as const) {
    create('scheduling.k8s.io/v1', 'PriorityClass', {
      metadata: { name },
      value,
      preemptionPolicy: 'PreemptLowerPriority',
    });
  }
  create('rbac.authorization.k8s.io/v1', 'ClusterRole', {
    metadata: bootstrapMetadata('cluster-admin'),
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  });
  create('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
    metadata: bootstrapMetadata('cluster-admin'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:masters' }],
  });
}

const bootstrapMetadata = (name: string) => ({
  name,
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
});
