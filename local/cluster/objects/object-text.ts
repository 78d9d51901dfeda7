import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import { presentAs } from '../kinds/cohabitation';
import { formatJson } from './json-text';
import type { ServedResource } from '../kinds/served-resource';
import type { StoredObject } from './stored-object';

/** The JSON of an object as this version of its resource shows it, with kind and apiVersion. */
export function objectText(resource: ServedResource, stored: StoredObject): string {
  return `{${typeMeta(resource)},${tailText(resource, stored)}`;
}

/**
 * The JSON of an object as an item of a list: built-in kinds leave kind and apiVersion out there, custom resources
 * have them.
 */
export function itemText(resource: ServedResource, stored: StoredObject): string {
  return resource.custom ? objectText(resource, stored) : `{${tailText(resource, stored)}`;
}

/** `"kind":…,"apiVersion":…`, as the API server writes them in front of an object. */
export function typeMeta(resource: ServedResource): string {
  const kind = `"kind":${JSON.stringify(resource.kind)}`;
  const apiVersion = `"apiVersion":${JSON.stringify(apiVersionOf(resource))}`;
  // Go writes a struct in its order and an unstructured object in alphabetical order.
  return resource.custom ? `${apiVersion},${kind}` : `${kind},${apiVersion}`;
}

function tailText(resource: ServedResource, stored: StoredObject): string {
  const presented = presentAs(resource, stored);
  return presented ? formatJson(presented).slice(1) : stored.tail;
}
