import pLimit from 'p-limit';
import { type AccessRules, accessRules, everywhere, isAllowed, type Right } from '../cluster/access-rules';
import { type ApiResource, groupResource } from '../cluster/api-resource';
import { listPages } from '../cluster/list';
import type { Cluster } from '../cluster/port';
import { NotLetIn } from '../cluster/status';
import { isKind } from '../errors';
import { type Need, neededRights, type Purpose } from './needed-rights';
import type { Capability, MissingRights, RightsReport } from './rights-report';

const purposes: readonly Purpose[] = ['identity', 'backup', 'restore', 'restore-rbac', 'mirror'];
/** Asked about one by one. */
const maxNamespaces = 20;
const questionsAtOnce = 8;

/**
 * Compares what the credentials of a connection may do with what Lifeboat needs: across the cluster first and, where that
 * does not suffice, in `namespaces` (default: those that can be listed, twenty at most). Rules that a server cannot list
 * are asked about one by one. Changes nothing. Throws `denied` for credentials that are not known, `unavailable`.
 */
export async function examineRights(
  cluster: Cluster,
  options: { namespaces?: readonly string[]; signal?: AbortSignal } = {},
): Promise<RightsReport> {
  const { signal } = options;
  const { resources } = await cluster.discover({ signal });
  const needs = neededRights(resources);
  const heldEverywhere = await heldIn(cluster, needs, undefined, signal);
  const wanting = needs.some((need) => need.namespaced && !heldEverywhere.has(need));
  const known = wanting ? (options.namespaces ?? (await namespaceNames(cluster, resources, signal))) : [];
  const asked = known.slice(0, maxNamespaces);
  const namespaced = needs.filter((need) => need.namespaced && !heldEverywhere.has(need));
  const heldByNamespace = new Map<string, ReadonlySet<Need>>();
  for (const namespace of asked) {
    heldByNamespace.set(namespace, await heldIn(cluster, namespaced, namespace, signal));
  }
  return {
    capabilities: purposes.map((purpose) => capabilityFor(purpose, needs, heldEverywhere, heldByNamespace)),
    asked,
    notAsked: known.length - asked.length,
  };
}

function capabilityFor(
  purpose: Purpose,
  all: readonly Need[],
  everywhereHeld: ReadonlySet<Need>,
  byNamespace: ReadonlyMap<string, ReadonlySet<Need>>,
): Capability {
  const needs = all.filter((need) => need.purpose === purpose);
  const missing = needs.filter((need) => !everywhereHeld.has(need));
  if (missing.length === 0) return { purpose, extent: 'cluster', namespaces: [], missing: [] };
  const missingNamespaced = missing.filter((need) => need.namespaced);
  const namespaces = [...byNamespace]
    .filter(([, held]) => missingNamespaced.every((need) => held.has(need)))
    .map(([namespace]) => namespace);
  if (namespaces.length > 0 && missingNamespaced.length > 0) {
    const without = missing.filter((need) => !need.namespaced);
    return { purpose, extent: 'namespaces', namespaces, missing: byResource(without) };
  }
  const some =
    missing.length < needs.length ||
    [...byNamespace.values()].some((held) => missing.some((need) => held.has(need)));
  return { purpose, extent: some ? 'part' : 'none', namespaces: [], missing: byResource(missing) };
}

function byResource(needs: readonly Need[]): MissingRights[] {
  const verbs = new Map<string, string[]>();
  for (const need of needs) {
    const resource = groupResource(need);
    verbs.set(resource, [...(verbs.get(resource) ?? []), need.verb]);
  }
  return [...verbs].map(([resource, missing]) => ({ resource, verbs: missing }));
}

/** Those needs that the credentials hold in a namespace, or across the cluster. */
async function heldIn(
  cluster: Cluster,
  needs: readonly Need[],
  namespace: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<Need>> {
  const rules = await accessRules(cluster, namespace ?? everywhere, signal);
  const held = new Set(needs.filter((need) => rules.allows(need)));
  if (rules.incomplete && held.size < needs.length) {
    await askOneByOne(cluster, needs, rules, held, namespace, signal);
  }
  return held;
}

async function askOneByOne(
  cluster: Cluster,
  needs: readonly Need[],
  rules: AccessRules,
  held: Set<Need>,
  namespace: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const all: Right = { verb: '*', group: '*', resource: '*' };
  if (rules.allows(all) || (await isAllowed(cluster, all, namespace, signal))) {
    for (const need of needs) held.add(need);
    return;
  }
  const limit = pLimit(questionsAtOnce);
  // Several purposes need the same right.
  const answers = new Map<string, Promise<boolean>>();
  await Promise.all(
    needs
      .filter((need) => !held.has(need))
      .map(async (need) => {
        const key = [need.verb, need.group, need.resource, need.name].join(' ');
        let answer = answers.get(key);
        if (!answer) {
          answer = limit(() => isAllowed(cluster, need, namespace, signal));
          answers.set(key, answer);
        }
        if (await answer) held.add(need);
      }),
  );
}

async function namespaceNames(
  cluster: Cluster,
  resources: readonly ApiResource[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const resource = resources.find((one) => one.group === '' && one.resource === 'namespaces');
  if (!resource) return [];
  try {
    const names: string[] = [];
    for await (const { items } of listPages(cluster, resource, { signal })) {
      for (const { name } of items) if (name !== undefined) names.push(name);
    }
    return names;
  } catch (error) {
    if (isKind(error, 'denied') && !(error instanceof NotLetIn)) return [];
    throw error;
  }
}
