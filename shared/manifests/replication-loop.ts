import type { Replication } from './replication';

/**
 * The namespaces of a rule's source that other rules fill from the rule's target, directly or by way of further clusters:
 * restoring those into the target would bring objects back to where they came from, and deleted ones back to life.
 * `all` when such a rule fills namespaces that it does not name.
 */
export function returningNamespaces(
  rules: readonly Replication[],
  rule: Replication,
  target: string,
): 'all' | string[] {
  const names = new Set<string>();
  for (const other of rules) {
    if (!other.spec.targets.includes(rule.spec.source.cluster)) continue;
    if (!comesFrom(rules, other, target, new Set())) continue;
    const { source, namespaceMapping = {} } = other.spec;
    if (!source.namespaces || source.namespaces.some((name) => /[*?[]/.test(name))) return 'all';
    for (const name of source.namespaces) names.add(namespaceMapping[name] ?? name);
  }
  return [...names].sort();
}

function comesFrom(
  rules: readonly Replication[],
  rule: Replication,
  cluster: string,
  seen: Set<Replication>,
): boolean {
  if (rule.spec.source.cluster === cluster) return true;
  if (seen.has(rule)) return false;
  seen.add(rule);
  return rules.some(
    (other) =>
      other.spec.targets.includes(rule.spec.source.cluster) && comesFrom(rules, other, cluster, seen),
  );
}
