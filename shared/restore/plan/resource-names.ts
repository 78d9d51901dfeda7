import { type ApiResource, groupResource } from '../../cluster/api-resource';
import { resolveResource } from '../../cluster/resolve-resource';

/**
 * Turns the resources that a spec names in any way that kubectl knows (`deploy`, `Deployment`, `deployments.apps`) into
 * Velero's names. A name without a group also means the resource of that name in groups that the target does not serve, or
 * not yet: an archive may hold it there. What cannot be resolved stays as it is, a full name or a pattern.
 */
export function resolveResourceNames(
  names: readonly string[] | undefined,
  served: readonly ApiResource[],
): string[] | undefined {
  return names?.flatMap((name) => {
    const lower = name.toLowerCase();
    if (/[*?[]/.test(name)) return [lower];
    const known = resolveResource({ resources: [...served] }, name).map(groupResource);
    if (lower.includes('.')) return known.length > 0 ? [...new Set(known)] : [lower];
    const plurals = known.length > 0 ? known.map((one) => one.split('.')[0]!) : [lower];
    return [...new Set([...known, ...plurals.flatMap((plural) => [plural, `${plural}.*`])])];
  });
}
