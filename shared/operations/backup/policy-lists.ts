import { type Discovery, groupResource } from '../../platform/kubernetes/api-resource';
import { resolveResource } from '../../platform/kubernetes/resolve-resource';
import { NameFilter } from '../../formats/manifests/selection/name-filter';
import type { BackupSpec } from '../../formats/manifests/velero';

const scopes = [
  ['includedClusterScopedResources', 'excludedClusterScopedResources'],
  ['includedNamespaceScopedResources', 'excludedNamespaceScopedResources'],
] as const;

/**
 * Adds the lists of `includeExcludePolicy` to those of the spec. What the spec already includes or excludes stays as it says,
 * as in Velero (CombineWithPolicy in pkg/util/collections/includes_excludes.go).
 */
export function withPolicyLists(spec: BackupSpec, discovery: Discovery): BackupSpec {
  const policy = spec.resourcePolicies?.includeExcludePolicy;
  if (!policy) return spec;
  const meant = (name: string): string => {
    const [first] = resolveResource(discovery, name);
    return first ? groupResource(first) : name;
  };
  const combined = { ...spec };
  for (const [included, excluded] of scopes) {
    const own = new NameFilter((spec[included] ?? []).map(meant), (spec[excluded] ?? []).map(meant));
    const isFresh = (name: string) => !own.names(meant(name)) && !own.excludesName(meant(name));
    for (const field of [included, excluded]) {
      const fresh = (policy[field] ?? []).filter(isFresh);
      if (fresh.length > 0) combined[field] = [...(spec[field] ?? []), ...fresh];
    }
  }
  return combined;
}
