import { LifeboatError } from '../../platform/errors';
import { everyNamespace, filled, type NamespaceSet, taken, widestName } from './selection/namespace-flow';
import type { Replication } from './replication';

/** Namespaces of one cluster that rules, one after the other, bring into another. */
interface Arrival {
  /** Where they arrive. */
  cluster: string;
  /** Under these names. */
  namespaces: NamespaceSet;
  /** The rules that bring them. */
  by: readonly Replication[];
  /** What the last of them takes. */
  takes: NamespaceSet;
}

/**
 * Throws `invalid` naming the rules and the namespace of a loop that this rule closes: rules that bring a namespace back to
 * the cluster that it came from, also under another name and by way of third clusters. Nothing may go back, so the last rule
 * of such a loop would restore nothing. Loops among the other rules are not its fault.
 * @param others the other rules
 */
export function refuseLoop(replication: Replication, others: readonly Replication[]): void {
  const rules = [...others, replication];
  for (const from of new Set(rules.map(({ spec }) => spec.source.cluster))) {
    const back = arrivals(rules, from, replication).find(
      ({ cluster, by }) => cluster === from && by.includes(replication),
    );
    if (!back) continue;
    const { name } = replication.metadata;
    const names = back.by.map(({ metadata }) => metadata.name);
    throw new LifeboatError(
      'invalid',
      `replication "${name}" closes a loop: ${names.at(-1)} would bring back to cluster ${from} what came from there${namespaceText(back.takes)}${names.length > 1 ? `; the rules of the loop are ${names.join(', ')}` : ''}`,
      {
        hint: 'name the namespaces of each rule of the loop (spec.source.namespaces), different ones, or delete one of the rules',
      },
    );
  }
}

/** The rule with each cluster by the first of the names that it is registered under. */
export function byFirstName(rule: Replication, uids: ReadonlyMap<string, string>): Replication {
  const first = (name: string, uid = uids.get(name)) =>
    uid === undefined ? name : ([...uids].find(([, other]) => other === uid)?.[0] ?? name);
  const { source, targets } = rule.spec;
  return {
    ...rule,
    spec: {
      ...rule.spec,
      source: { ...source, cluster: first(source.cluster, source.clusterUid) },
      targets: targets.map((name) => first(name)),
    },
  };
}

/**
 * Returns the namespaces that a rule takes and that other rules fill from the rule's target, directly or by way of further
 * clusters: restoring those into the target would bring objects back to where they came from, and deleted ones back to life.
 * `all` when they cannot be told by name.
 */
export function returningNamespaces(
  rules: readonly Replication[],
  rule: Replication,
  target: string,
): 'all' | string[] {
  const names = new Set<string>();
  for (const { cluster, namespaces } of arrivals(rules, target)) {
    if (cluster !== rule.spec.source.cluster) continue;
    for (const set of taken(rule, namespaces)) names.add(widestName(set));
  }
  return names.has('*') ? 'all' : [...names].sort();
}

/**
 * Follows the namespaces of a cluster through all rules, until nothing new arrives or it is back where it came from.
 * @param marked what came by this rule is followed apart from what did not
 */
function arrivals(rules: readonly Replication[], from: string, marked?: Replication): Arrival[] {
  const bySource = new Map<string, Replication[]>();
  for (const rule of rules) {
    const { cluster } = rule.spec.source;
    bySource.set(cluster, [...(bySource.get(cluster) ?? []), rule]);
  }
  const found: Arrival[] = [];
  const seen = new Set<string>();
  const follow = (cluster: string, set: NamespaceSet, by: readonly Replication[]) => {
    for (const rule of bySource.get(cluster) ?? []) {
      for (const takes of taken(rule, set)) {
        for (const namespaces of filled(rule, takes)) {
          for (const target of rule.spec.targets) {
            const path = [...by, rule];
            const key = JSON.stringify([target, namespaces, marked !== undefined && path.includes(marked)]);
            if (seen.has(key)) continue;
            seen.add(key);
            found.push({ cluster: target, namespaces, by: path, takes });
          }
        }
      }
    }
  };
  follow(from, everyNamespace, []);
  // `found` grows while it is walked.
  for (const { cluster, namespaces, by } of found) {
    if (cluster !== from) follow(cluster, namespaces, by);
  }
  return found;
}

function namespaceText(set: NamespaceSet): string {
  const name = widestName(set);
  return name === '*' ? '' : ` (namespace ${name})`;
}
