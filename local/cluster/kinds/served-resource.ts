import type { CustomVersion } from '../schema/custom-resource';

/** One resource of one version that the server answers for. */
export interface ServedResource {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
  resource: string;
  singular: string;
  namespaced: boolean;
  verbs: string[];
  shortNames: string[];
  categories: string[];
  subresources: ServedSubresource[];
  /** Objects are kept under this name: the same for all versions of a resource, and for the cohabiting events. */
  storage: string;
  /** Set for a custom resource. */
  custom?: CustomVersion;
}

export interface ServedSubresource {
  name: string;
  /** Group and version are empty where they are those of the resource. */
  responseKind: { group: string; version: string; kind: string };
  verbs: string[];
}

/** Splits `apps/v1` or `v1`. */
export function splitGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Whether the status is written on its own, and left alone by writes of the object. */
export function hasStatusSubresource(of: ServedResource): boolean {
  return of.subresources.some((subresource) => subresource.name === 'status');
}
