import type { ApiResource, Discovery } from '../../../../shared/platform/kubernetes/api-resource';

function resource(
  group: string,
  version: string,
  name: string,
  kind: string,
  namespaced: boolean,
  shortNames: string[] = [],
): ApiResource {
  return {
    group,
    version,
    kind,
    resource: name,
    namespaced,
    singular: kind.toLowerCase(),
    shortNames,
    verbs: ['list', 'create', 'get', 'delete'],
    subresources: [],
    preferred: true,
  };
}

/** A small part of what an API server serves, in the order of discovery. */
export const served: Discovery = {
  resources: [
    resource('', 'v1', 'pods', 'Pod', true, ['po']),
    resource('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', true, ['pvc']),
    resource('', 'v1', 'persistentvolumes', 'PersistentVolume', false, ['pv']),
    resource('', 'v1', 'configmaps', 'ConfigMap', true, ['cm']),
    resource('', 'v1', 'events', 'Event', true, ['ev']),
    resource('', 'v1', 'namespaces', 'Namespace', false, ['ns']),
    resource('', 'v1', 'nodes', 'Node', false, ['no']),
    resource('apps', 'v1', 'deployments', 'Deployment', true, ['deploy']),
    resource('events.k8s.io', 'v1', 'events', 'Event', true, ['ev']),
    resource('networking.k8s.io', 'v1', 'ingresses', 'Ingress', true, ['ing']),
    resource('snapshot.storage.k8s.io', 'v1', 'volumesnapshots', 'VolumeSnapshot', true),
    resource('snapshot.storage.k8s.io', 'v1', 'volumesnapshotcontents', 'VolumeSnapshotContent', false),
    resource('snapshot.storage.k8s.io', 'v1', 'volumesnapshotclasses', 'VolumeSnapshotClass', false),
    resource('apiextensions.k8s.io', 'v1', 'customresourcedefinitions', 'CustomResourceDefinition', false, [
      'crd',
    ]),
    resource('shop.example.com', 'v1', 'coupons', 'Coupon', true, ['cp']),
    resource('extensions', 'v1beta1', 'deployments', 'Deployment', true, ['deploy']),
    resource('extensions', 'v1beta1', 'ingresses', 'Ingress', true, ['ing']),
  ],
  stale: [],
  serverVersion: { gitVersion: 'v1.37.2', major: '1', minor: '37' },
};

export function resourceNamed(name: string): ApiResource {
  const found = served.resources.find(
    (one) => (one.group ? `${one.resource}.${one.group}` : one.resource) === name,
  );
  if (!found) throw new Error(`${name} is not served here`);
  return found;
}
