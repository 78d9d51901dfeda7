import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectAt, objectsOf } from '../convert/conversion';

type Fields = Record<string, unknown>;

const withTemplate = new Set([
  'deployments',
  'statefulsets',
  'daemonsets',
  'replicasets',
  'replicationcontrollers',
  'jobs',
]);

/** The pod spec in an object of a built-in kind: its own or its template's; undefined where there is none. */
export function podSpecOf(groupResource: string, object: KubeObject): Fields | undefined {
  const resource = groupResource.split('.')[0]!;
  if (groupResource === 'pods') return object.spec;
  if (groupResource === 'podtemplates') return objectAt(objectAt(object, 'template'), 'spec');
  if (resource === 'cronjobs') {
    const job = objectAt(objectAt(object.spec, 'jobTemplate'), 'spec');
    return objectAt(objectAt(job, 'template'), 'spec');
  }
  return withTemplate.has(resource) ? objectAt(objectAt(object.spec, 'template'), 'spec') : undefined;
}

/** Every container of a pod spec: they have an image and an environment. */
export function containersOf(spec: Fields | undefined): Fields[] {
  return [spec?.containers, spec?.initContainers, spec?.ephemeralContainers].flatMap((list) =>
    objectsOf(list),
  );
}

/** The specs of claims in an object: its own, those of a StatefulSet's templates, those of ephemeral volumes. */
export function claimSpecsOf(groupResource: string, object: KubeObject): (Fields | undefined)[] {
  const templates = groupResource === 'statefulsets.apps' ? objectsOf(object.spec?.volumeClaimTemplates) : [];
  const ephemeral = objectsOf(podSpecOf(groupResource, object)?.volumes).map((volume) =>
    objectAt(objectAt(volume, 'ephemeral'), 'volumeClaimTemplate'),
  );
  return [
    groupResource === 'persistentvolumeclaims' ? object.spec : undefined,
    ...[...templates, ...ephemeral].map((template) => objectAt(template, 'spec')),
  ];
}
