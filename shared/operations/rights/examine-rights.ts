import pLimit from 'p-limit';
import {
  type AccessRules,
  accessRules,
  everywhere,
  isAllowed,
  type Right,
} from '../../platform/kubernetes/access-rules';
import { type ApiResource, groupResource } from '../../platform/kubernetes/api-resource';
import { listPages } from '../../platform/kubernetes/list';
import type { Cluster } from '../../platform/kubernetes/port';
import { isRefusedByRbac } from '../../platform/kubernetes/status';
import { belongsToAdministrators } from '../../platform/kubernetes/built-in-kinds';
import { type Need, neededRights, type Purpose } from './needed-rights';
import type { Capability, MissingRights, RightsReport } from './rights-report';

const purposes: readonly Purpose[] = ['identity', 'backup', 'restore', 'restore-rbac', 'mirror'];
/** Asked about one by one. */
const maxNamespaces = 20;
const questionsAtOnce = 8;

/**
 * Compares what the credentials of a connection may do with what Lifeboat needs: across the cluster first and, where that
 * does not suffice, in `namespaces` (default: those that can be listed, twenty at most, else `otherwise`). Rules that a
 * server cannot list are asked about one by one. Changes nothing. Throws `denied` for credentials that are not known,
 * `unavailable`; that they may not ask is `unknown`.
 */
export async function examineRights(cluster: Cluster, options: ExamineOptions = {}): Promise<RightsReport> {
  try {
    return await examine(cluster, options);
  } catch (error) {
    // system:basic-user grants the questions, and may have been taken away.
    if (!isRefusedByRbac(error)) throw error;
    const capabilities = purposes.map(
      (purpose): Capability => ({ purpose, extent: 'unknown', namespaces: [], missing: [] }),
    );
    return { capabilities, asked: [], notAsked: 0 };
  }
}

interface ExamineOptions {
  namespaces?: readonly string[];
  /** Asked about where namespaces can be neither listed nor are named. */
  otherwise?: readonly string[];
  signal?: AbortSignal;
}

async function examine(cluster: Cluster, options: ExamineOptions): Promise<RightsReport> {
  const { signal } = options;
  const { resources } = await cluster.discover({ signal });
  const needs = neededRights(resources);
  const heldEverywhere = await heldIn(cluster, needs, undefined, signal);
  const wanting = needs.some((need) => need.namespaced && !heldEverywhere.has(need));
  const listed =
    wanting && !options.namespaces ? await namespaceNames(cluster, resources, signal) : undefined;
  const named = listed === undefined || listed.length > 0 ? options.namespaces : options.otherwise;
  const known = wanting ? (named ?? listed ?? []) : [];
  const asked = known.slice(0, maxNamespaces);
  const namespaced = needs.filter((need) => need.namespaced && !heldEverywhere.has(need));
  const heldByNamespace = new Map<string, ReadonlySet<Need>>();
  for (const namespace of asked) {
    heldByNamespace.set(namespace, await heldIn(cluster, namespaced, namespace, signal));
  }
  return {
    capabilities: purposes.map((purpose) =>
      capabilityFor(purpose, needs, heldEverywhere, heldByNamespace, named !== undefined),
    ),
    asked,
    notAsked: known.length - asked.length,
  };
}

function capabilityFor(
  purpose: Purpose,
  all: readonly Need[],
  everywhereHeld: ReadonlySet<Need>,
  byNamespace: ReadonlyMap<string, ReadonlySet<Need>>,
  areNamed: boolean,
): Capability {
  const needs = all.filter((need) => need.purpose === purpose);
  const missing = needs.filter((need) => !everywhereHeld.has(need));
  if (missing.length === 0) return { purpose, extent: 'cluster', namespaces: [], missing: [] };
  const missingNamespaced = missing.filter(
    (need) => need.namespaced && !belongsToAdministrators(groupResource(need)),
  );
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
  const nowhere = (areNamed ? missingNamespaced : missing).filter(
    (need) => ![...byNamespace.values()].some((held) => held.has(need)),
  );
  const lacking = nowhere.length > 0 ? nowhere : missing;
  return { purpose, extent: some ? 'part' : 'none', namespaces: [], missing: byResource(lacking) };
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
    if (isRefusedByRbac(error)) return [];
    throw error;
  }
}
