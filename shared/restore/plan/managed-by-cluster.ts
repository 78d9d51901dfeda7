import type { KubeObject } from '../../cluster/kube-object';
import { tokenAccountAnnotation, tokenSecretType } from '../../manifests/token-secret';
import type { ItemRef } from '../../vault/archive/archive-types';
import { isBuiltInFlowControl } from './built-in-flow-control';

/** What other objects of the archive say that decides about this one. */
export interface Surroundings {
  /** `namespace/name` of the Services with a selector: their endpoints are the cluster's. */
  selectingServices: ReadonlySet<string>;
}

/** Why the cluster looks after this object itself, so that a restore must not; undefined when it does not. */
type Rule = (item: ItemRef, object: KubeObject, around: Surroundings) => string | undefined;

/** Resources that only the cluster writes. */
const clusterOwned = new Map([
  ['events', 'events belong to the cluster that they happened in'],
  ['events.events.k8s.io', 'events belong to the cluster that they happened in'],
  ['nodes', 'nodes register themselves'],
  ['csinodes.storage.k8s.io', 'nodes register themselves'],
  ['componentstatuses', 'the control plane reports itself'],
  ['bindings', 'bindings are requests, not objects'],
  ['volumeattachments.storage.k8s.io', 'volumes are attached anew'],
  [
    'certificatesigningrequests.certificates.k8s.io',
    'certificate requests belong to the cluster that they were made in',
  ],
  ['leases.coordination.k8s.io', 'leases are held anew'],
  ['ipaddresses.networking.k8s.io', 'addresses are allocated anew with their Service'],
]);

/** Whether no object of this resource (`nodes`, `leases.coordination.k8s.io`) is ever restored. */
export function isClusterOwned(groupResource: string): boolean {
  return clusterOwned.has(groupResource) || /(^|\.)(metrics\.k8s\.io|velero\.io)$/.test(groupResource);
}

const rules: Rule[] = [
  (item) => clusterOwned.get(item.groupResource),
  (item) => (group(item).endsWith('metrics.k8s.io') ? 'metrics are measured, not stored' : undefined),
  (item) => (group(item) === 'velero.io' ? "it is Velero's own bookkeeping" : undefined),
  (item) =>
    item.groupResource === 'servicecidrs.networking.k8s.io' && item.name === 'kubernetes'
      ? "the API server makes the cluster's own ServiceCIDR"
      : undefined,
  (item, object) =>
    item.groupResource === 'clustertrustbundles.certificates.k8s.io' &&
    String(object.spec?.signerName ?? '').startsWith('kubernetes.io/')
      ? 'a controller of the cluster publishes it'
      : undefined,
  (item, object) => (isBuiltInFlowControl(item, object) ? 'the API server keeps it up to date' : undefined),
  (item, object) =>
    item.groupResource === 'apiservices.apiregistration.k8s.io' &&
    label(object, 'kube-aggregator.kubernetes.io/automanaged') !== undefined
      ? 'the API server registers its own APIs'
      : undefined,
  (_item, object) =>
    label(object, 'kubernetes.io/bootstrapping') !== undefined
      ? 'the API server makes its default roles and bindings'
      : undefined,
  (item) =>
    item.groupResource === 'configmaps' && item.name === 'kube-root-ca.crt'
      ? "a controller publishes the cluster's own CA certificate"
      : undefined,
  (item, object) =>
    item.namespace === 'default' && isKubernetesService(item, object)
      ? 'the API server makes its own Service and endpoints'
      : undefined,
  (item, object) =>
    item.groupResource === 'secrets' && isAutomaticToken(object)
      ? 'a controller makes the tokens of service accounts'
      : undefined,
  endpointsOfController,
  (item, object) =>
    item.groupResource === 'pods' &&
    object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
      ? 'it mirrors a static pod of its node'
      : undefined,
  (item, object) =>
    item.groupResource === 'pods' && ['Succeeded', 'Failed'].includes(String(object.status?.phase))
      ? `the pod has ended (${String(object.status?.phase)})`
      : undefined,
  (item, object) =>
    item.groupResource === 'jobs.batch' && hasFinished(object)
      ? 'the Job has ended and is not run again'
      : undefined,
  (_item, object) =>
    object.metadata.deletionTimestamp !== undefined
      ? 'it was being deleted when it was backed up'
      : undefined,
];

/** The first reason why an object is the cluster's own business (reference: what Velero and the controllers make again). */
export function managedByCluster(
  item: ItemRef,
  object: KubeObject,
  around: Surroundings,
): string | undefined {
  for (const rule of rules) {
    const reason = rule(item, object, around);
    if (reason) return reason;
  }
  return undefined;
}

/** `<account>-token-<five random characters>`, as Kubernetes before 1.24 makes them. */
export function automaticTokenOf(account: string): RegExp {
  return new RegExp(`^${account.replace(/[.]/g, '\\.')}-token-[a-z0-9]{5}$`);
}

function isAutomaticToken(secret: KubeObject): boolean {
  if (secret.type !== tokenSecretType) return false;
  const account = secret.metadata.annotations?.[tokenAccountAnnotation];
  return account !== undefined && automaticTokenOf(account).test(secret.metadata.name);
}

function isKubernetesService(item: ItemRef, object: KubeObject): boolean {
  if (item.groupResource === 'services' || item.groupResource === 'endpoints')
    return item.name === 'kubernetes';
  return (
    item.groupResource === 'endpointslices.discovery.k8s.io' &&
    (item.name === 'kubernetes' || label(object, 'kubernetes.io/service-name') === 'kubernetes')
  );
}

function endpointsOfController(item: ItemRef, object: KubeObject, around: Surroundings): string | undefined {
  if (item.groupResource === 'endpoints') {
    if (around.selectingServices.has(`${item.namespace}/${item.name}`)) return 'its Service has a selector';
    if (label(object, 'endpoints.kubernetes.io/managed-by') === 'endpoint-controller')
      return 'a controller keeps it';
    if (object.metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined) {
      return 'it is a lock for leader election';
    }
    return undefined;
  }
  if (item.groupResource !== 'endpointslices.discovery.k8s.io') return undefined;
  const manager = label(object, 'endpointslice.kubernetes.io/managed-by') ?? '';
  return /^endpointslice(mirroring)?-controller\.k8s\.io$/.test(manager)
    ? 'a controller keeps it'
    : undefined;
}

function hasFinished(job: KubeObject): boolean {
  if (job.status?.completionTime !== undefined) return true;
  const conditions = Array.isArray(job.status?.conditions) ? job.status.conditions : [];
  return conditions.some(
    (one) => (one?.type === 'Complete' || one?.type === 'Failed') && one?.status === 'True',
  );
}

function group(item: ItemRef): string {
  const dot = item.groupResource.indexOf('.');
  return dot < 0 ? '' : item.groupResource.slice(dot + 1);
}

function label(object: KubeObject, name: string): string | undefined {
  return object.metadata.labels?.[name];
}
