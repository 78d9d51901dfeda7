import type { ArchivedItem } from '../../../formats/vault/archive-types';
import { objectName } from '../../../formats/manifests/object-name';
import { LifeboatError } from '../../../platform/errors';
import { isMap } from '../../../platform/input/is-map';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { parseDocument } from './document';

/**
 * Parses an archived object and looks at the parts of its metadata that a restore works with; that it is the object that
 * its path names has been checked by the reader.
 */
export function parseItem(item: ArchivedItem): KubeObject {
  const object = parseDocument(item.body, objectName(item));
  if (!isShaped(object.metadata))
    throw new LifeboatError('corrupt', `${objectName(item)} has metadata that no API server gives`);
  return object;
}

const texts = ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'generateName'];

function isShaped(metadata: Record<string, unknown>): boolean {
  const { labels, annotations, ownerReferences, finalizers, managedFields } = metadata;
  return (
    texts.every((name) => isAbsent(metadata[name]) || typeof metadata[name] === 'string') &&
    [labels, annotations].every((map) => isAbsent(map) || isStringMap(map)) &&
    isListOf(ownerReferences, isOwner) &&
    isListOf(finalizers, (one) => typeof one === 'string') &&
    // Entries of any form are passed over where they are used.
    isListOf(managedFields, () => true)
  );
}

/** Go writes what is absent as null now and then. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isListOf(value: unknown, is: (one: unknown) => boolean): boolean {
  return isAbsent(value) || (Array.isArray(value) && value.every(is));
}

function isOwner(value: unknown): boolean {
  return (
    isMap(value) &&
    typeof value.uid === 'string' &&
    ['apiVersion', 'kind', 'name'].every((name) => isAbsent(value[name]) || typeof value[name] === 'string')
  );
}

function isStringMap(value: unknown): boolean {
  return isMap(value) && Object.values(value).every((one) => typeof one === 'string');
}
