import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Fields, objectAt, objectsOf } from '../convert/conversion';
import { claimSpecsOf, podSpecOf } from '../transform/pod-spec';
import { storageClassOf } from '../transform/storage-classes';

/** A cluster-scoped object. */
export interface ClusterRef {
  groupResource: string;
  name: string;
}

type Names = (groupResource: string, object: KubeObject) => unknown[];

const rbac = 'rbac.authorization.k8s.io';
const gateway = 'gateway.networking.k8s.io';
const snapshots = 'snapshot.storage.k8s.io';

/** Cluster-scoped kinds, and the names of those that an object of any kind refers to. Fields are those of Kubernetes v1.37. */
const referred: readonly [groupResource: string, names: Names][] = [
  [
    `clusterroles.${rbac}`,
    (_, { roleRef }) => {
      const role = objectAt({ roleRef }, 'roleRef');
      return role?.kind === 'ClusterRole' ? [role.name] : [];
    },
  ],
  ['priorityclasses.scheduling.k8s.io', (...of) => [podSpecOf(...of)?.priorityClassName]],
  ['runtimeclasses.node.k8s.io', (...of) => [podSpecOf(...of)?.runtimeClassName]],
  ['storageclasses.storage.k8s.io', storageClasses],
  [
    'volumeattributesclasses.storage.k8s.io',
    (...of) => claimSpecsOf(...of).map((spec) => spec?.volumeAttributesClassName),
  ],
  [
    'ingressclasses.networking.k8s.io',
    ofKind('ingresses.networking.k8s.io', ({ spec, metadata }) => [
      spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'],
    ]),
  ],
  [`gatewayclasses.${gateway}`, ofKind(`gateways.${gateway}`, ({ spec }) => [spec?.gatewayClassName])],
  [
    `volumesnapshotclasses.${snapshots}`,
    ofKind(`volumesnapshots.${snapshots}`, ({ spec }) => [spec?.volumeSnapshotClassName]),
  ],
  ['deviceclasses.resource.k8s.io', deviceClasses],
];

/** The cluster-scoped objects of built-in kinds that an object names. */
export function clusterReferences(groupResource: string, object: KubeObject): ClusterRef[] {
  return referred.flatMap(([kind, names]) =>
    names(groupResource, object).flatMap((name) =>
      typeof name === 'string' && name !== '' ? { groupResource: kind, name } : [],
    ),
  );
}

function ofKind(of: string, names: (object: KubeObject) => unknown[]): Names {
  return (groupResource, object) => (groupResource === of ? names(object) : []);
}

function storageClasses(groupResource: string, object: KubeObject): unknown[] {
  const ofClaims = claimSpecsOf(groupResource, object).map((spec) => spec?.storageClassName);
  const holdsClass = groupResource === 'persistentvolumes' || groupResource === 'persistentvolumeclaims';
  return holdsClass ? [...ofClaims, storageClassOf(object)] : ofClaims;
}

function deviceClasses(groupResource: string, { spec }: KubeObject): unknown[] {
  const claims: Record<string, Fields | undefined> = {
    'resourceclaims.resource.k8s.io': spec,
    'resourceclaimtemplates.resource.k8s.io': objectAt(spec, 'spec'),
  };
  return objectsOf(objectAt(claims[groupResource], 'devices')?.requests).flatMap((request) => [
    // resource.k8s.io/v1beta1
    request.deviceClassName,
    objectAt(request, 'exactly')?.deviceClassName,
    ...objectsOf(request.firstAvailable).map((one) => one.deviceClassName),
  ]);
}

/** Whether objects of a cluster-scoped resource can be named by `clusterReferences`. */
export function canBeReferred(groupResource: string): boolean {
  return referred.some(([kind]) => kind === groupResource);
}
