import {
  type ApiResource,
  apiVersion,
  type Discovery,
  groupResource,
} from '../../platform/kubernetes/api-resource';
import { selectorQuery } from '../../formats/manifests/selection/label-match';
import type { LabelSelector } from '../../formats/manifests/velero';
import { versionDirectories } from '../../formats/vault/archive/archive-path';
import { Storable } from '../../formats/vault/archive/storable';
import { isCohabitating } from './cohabitating';
import type { ResourceFilter } from './select-resources';

/** One list to be read: of a resource, everywhere or in one namespace, with one label selector or none. */
export interface Listing {
  resource: ApiResource;
  namespace?: string;
  labelSelector?: string;
  /** Namespaces whose objects the API server leaves out, where it can. */
  without?: readonly string[];
}

/** Hears of the resources that a backup does not list, with the reason. */
export interface ListedNot {
  /** It is left out as it should be. */
  left(resource: ApiResource, reason: string): void;
  /** Its objects are missing. */
  missing(resource: ApiResource, reason: string): void;
}

/** The resources that a backup lists, in the order of discovery, in each of the versions that it has of them. */
export function listedResources(discovery: Discovery, filter: ResourceFilter, not: ListedNot): ApiResource[] {
  const seen = new Map<string, string>();
  const places = new Set<string>();
  return discovery.resources.filter((resource) => {
    const name = groupResource(resource);
    const reason = filter.notListed(resource);
    if (reason) {
      not.left(resource, reason);
      return false;
    }
    if (isCohabitating(resource)) {
      const first = seen.get(resource.resource) ?? name;
      if (first !== name) {
        not.left(resource, `its objects are stored as ${first}`);
        return false;
      }
      seen.set(resource.resource, first);
    }
    const problem = archiveProblem(resource, places);
    if (problem !== undefined) not.missing(resource, problem);
    return problem === undefined;
  });
}

/** Why the archive cannot hold a resource; undefined where it can, and its place is then taken. */
function archiveProblem(resource: ApiResource, places: Set<string>): string | undefined {
  const place = { groupResource: groupResource(resource), version: resource.version };
  const { problem } = new Storable({ ...resource, ...place, apiVersion: apiVersion(resource) });
  if (problem !== undefined) return problem;
  for (const directory of versionDirectories(resource.version, resource.preferred)) {
    const path = `${place.groupResource}/${directory ?? ''}`;
    if (places.has(path)) return 'the API server serves two resources of this name';
    places.add(path);
  }
  return undefined;
}

/**
 * The listings across the cluster of all resources: one for each version and selector, those of one group-resource together,
 * to be read one after the other. Namespaces are listed apart.
 */
export function listingsOf(
  resources: readonly ApiResource[],
  selectors: readonly LabelSelector[],
): Listing[][] {
  const queries = selectors.length > 0 ? selectors.map(selectorQuery) : [undefined];
  const together = new Map<string, Listing[]>();
  for (const resource of resources) {
    const name = groupResource(resource);
    if (name === 'namespaces') continue;
    const listings = queries.map((labelSelector) => ({ resource, labelSelector }));
    together.set(name, [...(together.get(name) ?? []), ...listings]);
  }
  return [...together.values()];
}
