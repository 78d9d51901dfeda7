import {
  type ApiResource,
  apiVersion,
  groupOf,
  groupResource,
} from '../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isConvertible, pathTo } from '../convert/table';
import { convertOwners } from './field-owners';

/** An object in a version that the target serves, and where it goes. */
export interface ServedObject {
  resource: ApiResource;
  /** Set when the object is not in the version that it was archived in: `from → to`. */
  converted?: string;
}

/**
 * The one place where an object changes its API version. In the archived version where the target serves it; else in the
 * nearest version, of its group or of the one that the kind moved to, that the table of conversions leads to. A kind that
 * the table does not know, a custom resource mostly, takes the version of its group that the target prefers, by name
 * alone. Undefined when the target serves the kind in no version that can be reached. Changes `object`.
 *
 * @param served every version in which the target serves a group-resource
 */
export function convertToServed(
  archivedAs: string,
  object: KubeObject,
  served: (groupResource: string) => readonly ApiResource[],
): ServedObject | undefined {
  const { kind = '', apiVersion: from = '' } = object;
  const versions = served(archivedAs).filter((one) => groupResource(one) === archivedAs && one.kind === kind);
  const same = versions.find((one) => apiVersion(one) === from);
  if (same) return { resource: same };
  if (!isConvertible(kind, from)) return renamed(object, versions);

  const target = (resource: string, version: string) => {
    return served(groupResource({ group: groupOf(version), resource })).find(
      (one) => apiVersion(one) === version && one.kind === kind,
    );
  };
  const path = pathTo(kind, from, (step) => target(step.resource, step.to) !== undefined);
  const last = path?.at(-1);
  if (!path || !last) return undefined;
  for (const step of path) step.convert?.(object);
  object.apiVersion = last.to;
  const sameSchema = path.every(({ convert }) => convert === undefined);
  convertOwners(object, from, last.to, sameSchema);
  return { resource: target(last.resource, last.to)!, converted: `${from} → ${last.to}` };
}

function renamed(object: KubeObject, versions: readonly ApiResource[]): ServedObject | undefined {
  const resource = versions.find((one) => one.preferred) ?? versions[0];
  if (!resource) return undefined;
  const from = object.apiVersion ?? '';
  const to = apiVersion(resource);
  const converted = `${from} → ${to}, by name alone`;
  object.apiVersion = to;
  convertOwners(object, from, to, true);
  return { resource, converted };
}
