import type { ApiResource } from '../cluster/api-resource';
import type { ItemMetadata } from './item-metadata';
import { EXCLUDE_LABEL, type NamespaceFilter } from './select-namespaces';
import type { ResourceFilter } from './select-resources';

/** Says why an object is left out, or undefined. */
export type Omission = (resource: ApiResource, meta: ItemMetadata) => string | undefined;

/** The checks on every object, listed or pulled in, in Velero's order; the first sentence wins (pkg/backup/item_backupper.go). */
export function itemOmission(resources: ResourceFilter, namespaces: NamespaceFilter): Omission {
  const checks: Omission[] = [
    (_, { labels }) =>
      labels?.[EXCLUDE_LABEL] === 'true' ? `it has the label ${EXCLUDE_LABEL}=true` : undefined,
    (_, { namespace }) =>
      namespace && !namespaces.takes(namespace) ? `namespace ${namespace} is not backed up` : undefined,
    // Namespace objects are chosen apart, whatever the lists say of the resource.
    (resource) => (isNamespace(resource) ? undefined : resources.notPulled(resource)),
    (_, { deletionTimestamp }) => (deletionTimestamp ? 'it is being deleted' : undefined),
  ];
  return (resource, meta) => {
    for (const check of checks) {
      const reason = check(resource, meta);
      if (reason) return reason;
    }
    return undefined;
  };
}

function isNamespace(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'namespaces';
}
