import { type ApiResource, apiVersion, groupResource } from '../../cluster/api-resource';
import type { KubeObject } from '../../cluster/kube-object';

/** An object in a version that the target serves, and where it goes. */
export interface ServedObject {
  resource: ApiResource;
  /** Set when the object is not in the version that it was archived in: `from → to`. */
  converted?: string;
}

/**
 * The one place where an object changes its API version. In the archived version where the target serves it; else in
 * the version of the same group and resource that the target prefers, by name alone. Conversions that change fields, or
 * go to another group, belong here. Undefined when the target serves the kind in no version that can be reached.
 * Changes `object`.
 */
export function convertToServed(
  archivedAs: string,
  object: KubeObject,
  served: readonly ApiResource[],
): ServedObject | undefined {
  const versions = served.filter((one) => groupResource(one) === archivedAs && one.kind === object.kind);
  const same = versions.find((one) => apiVersion(one) === object.apiVersion);
  if (same) return { resource: same };
  const resource = versions.find((one) => one.preferred) ?? versions[0];
  if (!resource) return undefined;
  const converted = `${object.apiVersion} → ${apiVersion(resource)}`;
  object.apiVersion = apiVersion(resource);
  return { resource, converted };
}
