import type { ApiResource } from '../cluster/api-resource';
import type { ListedItem } from '../cluster/listed-item';
import { EXCLUDE_LABEL, type NamespaceFilter } from './select-namespaces';
import type { ResourceFilter } from './select-resources';

/** Says why an object is left out, or undefined. */
export type Omission = (item: ListedItem) => string | undefined;

/**
 * The checks on every object of a resource, listed or pulled in, in Velero's order; the first sentence wins
 * (pkg/backup/item_backupper.go).
 */
export function itemOmission(
  resource: ApiResource,
  resources: ResourceFilter,
  namespaces: NamespaceFilter,
): Omission {
  // Namespace objects are chosen apart, whatever the lists say of the resource.
  const ofResource = isNamespace(resource) ? undefined : resources.notPulled(resource);
  const ofNamespace = new Map<string, string | undefined>();
  const namespaceOmission = (namespace: string): string | undefined => {
    if (!ofNamespace.has(namespace))
      ofNamespace.set(
        namespace,
        namespaces.takes(namespace) ? undefined : `namespace ${namespace} is not backed up`,
      );
    return ofNamespace.get(namespace);
  };
  return (item) =>
    (item.label(EXCLUDE_LABEL) === 'true' ? `it has the label ${EXCLUDE_LABEL}=true` : undefined) ??
    (item.namespace ? namespaceOmission(item.namespace) : undefined) ??
    ofResource ??
    (item.beingDeleted ? 'it is being deleted' : undefined);
}

function isNamespace(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'namespaces';
}
