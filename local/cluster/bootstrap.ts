import type { KubeObject } from '../../shared/platform/kubernetes/kube-object';
import type { ObjectApi } from './objects/object-api';
import type { ServedResources } from './kinds/served-resources';

const manager = 'kube-apiserver';

/** What every cluster has from its first moment, as far as a backup or a restore looks at it. */
export function bootstrap(api: ObjectApi, served: ServedResources): void {
  const create: Create = (apiVersion, kind, object) => {
    const resource = served.findKind(apiVersion, kind)!;
    api.createObject(resource, object.metadata.namespace ?? '', object, { dryRun: false, manager });
  };
  for (const name of ['kube-system', 'kube-public', 'kube-node-lease', 'default']) {
    create('v1', 'Namespace', { metadata: { name } });
  }
  createApiServerService(create);
  for (const { group, version } of served.all()) {
    const name = `${version}.${group}`;
    if (group === '' || api.context.storage.collection(apiServices).get(name)) continue;
    create('apiregistration.k8s.io/v1', 'APIService', {
      metadata: { name, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group, version, groupPriorityMinimum: 16_000, versionPriority: 15 },
    });
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

const apiServices = 'apiservices.apiregistration.k8s.io';

type Create = (apiVersion: string, kind: string, object: KubeObject) => void;

/** `default/kubernetes`, which leads to the API server itself. */
function createApiServerService(create: Create): void {
  const metadata = (labels: Record<string, string>) => ({ name: 'kubernetes', namespace: 'default', labels });
  const skipMirror = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }];
  create('v1', 'Service', {
    metadata: metadata({ component: 'apiserver', provider: 'kubernetes' }),
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  });
  create('v1', 'Endpoints', {
    metadata: metadata(skipMirror),
    subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports }],
  });
  create('discovery.k8s.io/v1', 'EndpointSlice', {
    metadata: metadata({ 'kubernetes.io/service-name': 'kubernetes' }),
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports,
  });
}

const bootstrapMetadata = (name: string) => ({
  name,
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
});
