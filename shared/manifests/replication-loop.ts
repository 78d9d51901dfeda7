import { LifeboatError } from '../errors';
import type { Replication } from './replication';

/**
 * Throws `invalid` naming the rule that closes a loop: one that would restore nothing but what came from its own target does
 * nothing, and is a mistake.
 * @param others the other rules
 */
export function refuseLoop(replication: Replication, others: readonly Replication[]): void {
  const rules = [...others, replication];
  for (const rule of rules) {
    const target = rule.spec.targets.find((each) => returningNamespaces(rules, rule, each) === 'all');
    if (target === undefined) continue;
    throw new LifeboatError(
      'invalid',
      `replication "${replication.metadata.name}" closes a loop: ${rule.metadata.name} would bring back to cluster ${target} what came from there`,
      { hint: 'name the namespaces of each rule of the loop (spec.source.namespaces), different ones' },
    );
  }
}

/** The rule with each cluster by the first of the names that it is registered under. */
export function byFirstName(rule: Replication, uids: ReadonlyMap<string, string>): Replication {
  const first = (name: string) => {
    const uid = uids.get(name);
    return uid === undefined ? name : ([...uids].find(([, other]) => other === uid)?.[0] ?? name);
  };
  const { source, targets } = rule.spec;
  return {
    ...rule,
    spec: {
      ...rule.spec,
      source: { ...source, cluster: first(source.cluster) },
      targets: targets.map(first),
    },
  };
}

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
