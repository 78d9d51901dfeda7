import { type ApiResource, groupResource } from '../../cluster/api-resource';
import { resolveResource } from '../../cluster/resolve-resource';

/**
 * Turns the resources that a spec names in any way that kubectl knows (`deploy`, `Deployment`, `deployments.apps`) into Velero's
 * names. What the target does not serve stays as it is: a full name, or a pattern, still matches the archive, and so does
 * a resource that the archive holds under a group that the target no longer has.
 */
export function resolveResourceNames(
  names: readonly string[] | undefined,
  served: readonly ApiResource[],
  archived: readonly string[] = [],
): string[] | undefined {
  return names?.flatMap((name) => {
    if (/[*?[]/.test(name)) return [name];
    const lower = name.toLowerCase();
    const known = resolveResource({ resources: [...served] }, name).map(groupResource);
    const plurals = new Set([lower, ...(lower.includes('.') ? [] : known.map((one) => one.split('.')[0]!))]);
    const stored = archived.filter((one) => one === lower || plurals.has(one.split('.')[0]!));
    const resolved = new Set([...known, ...stored]);
    return resolved.size > 0 ? [...resolved] : [lower];
  });
}
