import type { Clock, Random } from '../../../shared/platform/clock';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { serverGiven } from '../../../shared/formats/manifests/modifiers/server-given';
import { randomSuffix } from './object-names';
import type { ServedResource } from '../kinds/served-resource';
import * as refuse from '../http/status-error';

/** What the server itself writes into the metadata of a new object; throws for a namespace that does not fit. */
export function createdMetadata(
  resource: ServedResource,
  namespace: string,
  object: KubeObject,
  { clock, random }: { clock: Clock; random: Random },
): void {
  const metadata = object.metadata;
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw refuse.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (resource.namespaced) metadata.namespace = namespace;
  else delete metadata.namespace;
  if (!metadata.name && metadata.generateName) {
    metadata.name = metadata.generateName + randomSuffix(random, 5);
  }
  metadata.name ??= '';
  metadata.uid = uuid(random);
  metadata.creationTimestamp = `${clock.now().toISOString().slice(0, 19)}Z`;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  for (const field of Object.keys(metadata)) if (!metadataFields.has(field)) delete metadata[field];
}

/** Fields of ObjectMeta; the server drops others. */
const metadataFields = new Set<string>([
  ...serverGiven,
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]);

/** Refuses an update that would make the object another one. */
export function checkIdentity(resource: ServedResource, next: KubeObject, previous: KubeObject): void {
  next.metadata ??= { name: previous.metadata.name };
  const { name, namespace, uid } = next.metadata;
  const old = previous.metadata;
  if (!name) {
    throw refuse.badRequest(
      `the name of the object (${old.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== old.name) {
    throw refuse.badRequest(
      `the name of the object (${name}) does not match the name on the URL (${old.name})`,
    );
  }
  if (namespace && namespace !== old.namespace) {
    throw refuse.badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${old.namespace ?? ''})`,
    );
  }
  if (uid && uid !== old.uid) {
    throw refuse.conflict(
      resource,
      old.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.uid}`,
    );
  }
}

/** Puts back what an update cannot change. */
export function keepMetadata(next: KubeObject, previous: KubeObject): void {
  const { metadata } = next;
  const old = previous.metadata;
  metadata.name = old.name;
  for (const field of [...serverGiven, 'namespace', 'generateName', 'managedFields']) {
    if (old[field] === undefined) delete metadata[field];
    else metadata[field] = old[field];
  }
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    const value = metadata[field];
    if (value === null || (value && Object.keys(value).length === 0)) delete metadata[field];
  }
  for (const field of Object.keys(metadata)) if (!metadataFields.has(field)) delete metadata[field];
}

function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
