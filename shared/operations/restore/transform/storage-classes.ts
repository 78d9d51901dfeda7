import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { Transforms } from '../../../formats/manifests/modifiers/transforms';
import { objectAt, objectsOf } from '../convert/conversion';
import { compareQuantities } from '../../../platform/kubernetes/quantity';

type Mapping = NonNullable<Transforms['storageClasses']>;

/** Before there was a field for it. */
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

/**
 * Maps the storage class of claims, of volumes and of the templates of StatefulSets; access modes and size only of what is
 * provisioned anew. Changes `object`.
 *
 * @param keepsVolume the claim keeps its volume, whose size and modes are what they are
 */
export function mapStorageClasses(
  groupResource: string,
  object: KubeObject,
  mapping: Mapping,
  keepsVolume: boolean,
): void {
  if (groupResource === 'persistentvolumes') mapClass(object, mapping);
  if (groupResource === 'persistentvolumeclaims') mapClaim(object, mapping, keepsVolume);
  if (groupResource === 'statefulsets.apps') {
    for (const template of objectsOf(object.spec?.volumeClaimTemplates)) {
      mapClaim(template as unknown as KubeObject, mapping, false);
    }
  }
}

/** The class that a claim or volume names; undefined for the default class. */
export function storageClassOf(object: KubeObject): string | undefined {
  const named = object.spec?.storageClassName ?? object.metadata?.annotations?.[classAnnotation];
  return typeof named === 'string' ? named : undefined;
}

function mapClass(object: KubeObject, mapping: Mapping): Mapping[string] | undefined {
  const named = storageClassOf(object);
  if (named === undefined || !Object.hasOwn(mapping, named)) return undefined;
  const target = mapping[named]!;
  const { annotations } = object.metadata ?? {};
  if (annotations?.[classAnnotation] !== undefined) annotations[classAnnotation] = target.to;
  if (object.spec?.storageClassName !== undefined) object.spec.storageClassName = target.to;
  return target;
}

function mapClaim(claim: KubeObject, mapping: Mapping, keepsVolume: boolean): void {
  const target = mapClass(claim, mapping);
  if (!target || !claim.spec || keepsVolume) return;
  if (target.accessModes) claim.spec.accessModes = [...target.accessModes];
  const requests = objectAt(objectAt(claim.spec, 'resources'), 'requests');
  if (!target.minimumSize || !requests) return;
  if (compareQuantities(String(requests.storage ?? '0'), target.minimumSize) < 0) {
    requests.storage = target.minimumSize;
  }
}
