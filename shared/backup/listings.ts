import { type ApiResource, type Discovery, groupResource } from '../cluster/api-resource';
import { selectorQuery } from '../manifests/label-match';
import type { LabelSelector } from '../manifests/velero';
import type { NamespaceFilter } from './select-namespaces';
import type { ResourceFilter } from './select-resources';

/** One list to be read: of a resource, everywhere or in one namespace, with one label selector or none. */
export interface Listing {
  resource: ApiResource;
  namespace?: string;
  labelSelector?: string;
}

/**
 * Resources that are served by two groups and stored once, under the first that is listed (Velero's
 * cohabitating resources, pkg/backup/backup.go).
 */
const COHABITATING: Record<string, readonly string[]> = {
  deployments: ['extensions', 'apps'],
  daemonsets: ['extensions', 'apps'],
  replicasets: ['extensions', 'apps'],
  networkpolicies: ['extensions', 'networking.k8s.io'],
  events: ['', 'events.k8s.io'],
};

/**
 * The resources that a backup lists, in the order of discovery, in each of the versions that it has of them; `left` hears of
 * each of the others, with the reason.
 */
export function listedResources(
  discovery: Discovery,
  filter: ResourceFilter,
  left: (resource: ApiResource, reason: string) => void,
): ApiResource[] {
  const seen = new Map<string, string>();
  return discovery.resources.filter((resource) => {
    const reason = filter.notListed(resource);
    if (reason) {
      left(resource, reason);
      return false;
    }
    if (COHABITATING[resource.resource]?.includes(resource.group)) {
      const first = seen.get(resource.resource) ?? groupResource(resource);
      if (first !== groupResource(resource)) {
        left(resource, `its objects are stored as ${first}`);
        return false;
      }
      seen.set(resource.resource, first);
    }
    return true;
  });
}

/**
 * One list per resource, namespace (unless all are listed at once) and selector; those of one group-resource together, to be
 * read one after the other. Namespaces are listed apart.
 */
export function listingsOf(
  resources: readonly ApiResource[],
  namespaces: NamespaceFilter,
  selectors: readonly LabelSelector[],
): Listing[][] {
  const queries = selectors.length > 0 ? selectors.map(selectorQuery) : [undefined];
  const together = new Map<string, Listing[]>();
  for (const resource of resources) {
    const name = groupResource(resource);
    if (name === 'namespaces') continue;
    const places = resource.namespaced ? (namespaces.toList ?? [undefined]) : [undefined];
    const listings = places.flatMap((namespace) =>
      queries.map((labelSelector) => ({ resource, namespace, labelSelector })),
    );
    together.set(name, [...(together.get(name) ?? []), ...listings]);
  }
  return [...together.values()];
}
