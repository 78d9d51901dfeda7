import { type ApiResource, groupResource } from '../../../platform/kubernetes/api-resource';
import { resolveResource } from '../../../platform/kubernetes/resolve-resource';
import { movedTo } from '../convert/moved';

/**
 * Turns the resources that a spec names in any way that kubectl knows (`deploy`, `Deployment`, `deployments.apps`) into
 * Velero's names. A name without a group means one resource, the first in the order of discovery, as for kubectl and in a
 * backup: `services` is the core one, and Knative's needs its full name. A name that the target does not serve means the
 * resource of that name in any group: an archive may hold it before its CRD is restored. What cannot be resolved stays as it
 * is, a full name or a pattern.
 */
export function resolveResourceNames(
  names: readonly string[] | undefined,
  served: readonly ApiResource[],
): string[] | undefined {
  return names?.flatMap((name) => {
    const lower = name.toLowerCase();
    if (isResourcePattern(name)) return [lower];
    const meant = meantResources(name, served);
    if (meant.length > 0) return meant;
    return lower.includes('.') ? [lower] : [lower, `${lower}.*`];
  });
}

/**
 * Velero's names of the one resource that a name means, the name that it had in an older group included where the target
 * serves both; empty where the target serves none called so.
 */
export function meantResources(name: string, served: readonly ApiResource[]): string[] {
  const known = resolveResource({ resources: [...served] }, name).map(groupResource);
  const [first] = known;
  if (first === undefined) return [];
  return [...new Set(known.filter((one) => movedTo(one) === movedTo(first)))];
}

export function isResourcePattern(name: string): boolean {
  return /[*?[{]/.test(name);
}
