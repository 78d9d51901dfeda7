import type { SeenObject, Snapshot } from './snapshot';

/** Why an object is made anew by the cluster and not by a restore; undefined for those that a restore must bring back. */
export function leftToTheCluster(object: SeenObject, snapshot: Snapshot): string | undefined {
  const { kind, metadata } = object;
  if (['Event', 'Lease', 'IPAddress'].includes(kind)) return `${kind}: the cluster keeps its own`;
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (owner !== undefined) return `made by ${owner.kind} ${owner.name}`;
  if (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') return 'published by the cluster';
  if (kind === 'Secret' && isAutomaticToken(object)) return 'token of the cluster';
  if (kind === 'Endpoints' && hasSelector(snapshot.get(`services ${metadata.namespace}/${metadata.name}`)))
    return 'kept by the endpoints controller';
  if (kind === 'EndpointSlice' && isControllersSlice(metadata))
    return 'kept by the endpoint slice controller';
  if (metadata.namespace === 'default' && metadata.name === 'kubernetes')
    return "the API server's own address";
  return undefined;
}

/** Kubernetes before 1.24 makes `<account>-token-<five characters>` for each account; one made by hand is an object like others. */
function isAutomaticToken({ type, metadata }: SeenObject): boolean {
  const account = metadata.annotations?.['kubernetes.io/service-account.name'];
  return (
    type === 'kubernetes.io/service-account-token' &&
    account !== undefined &&
    metadata.name.startsWith(`${account}-token-`) &&
    metadata.name.length === `${account}-token-`.length + 5
  );
}

function hasSelector(service: SeenObject | undefined): boolean {
  return (service?.spec as { selector?: object } | undefined)?.selector !== undefined;
}

/** Slices that mirror Endpoints made by hand have no owner with a selector, but a label all the same. */
function isControllersSlice({ labels }: SeenObject['metadata']): boolean {
  const manager = labels?.['endpointslice.kubernetes.io/managed-by'] ?? '';
  return manager.endsWith('controller.k8s.io');
}
