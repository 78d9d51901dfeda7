import { aggregatedGroups, aggregatedMediaTypes, isAggregated } from './aggregated-discovery';
import type { ApiResource, Discovery } from './api-resource';
import { legacyGroups } from './legacy-discovery';
import type { Cluster, DiscoverOptions } from './port';
import type { ServedGroup } from './served-group';
import { expectSuccess } from './status';

/**
 * What the API server serves: aggregated discovery (v2, else v2beta1) where it is spoken, else one request for each
 * group version. A group version that does not answer is reported as stale, not an error.
 */
export async function discover(
  cluster: Pick<Cluster, 'request' | 'name'>,
  options: DiscoverOptions = {},
): Promise<Discovery> {
  const ask = async (path: string, accept?: string) =>
    expectSuccess(
      await cluster.request({ method: 'GET', path, accept, signal: options.signal }),
      `cluster "${cluster.name}": discovery (${path})`,
    );
  const [version, ...roots] = await Promise.all([
    ask('/version'),
    ask('/api', aggregatedMediaTypes),
    ask('/apis', aggregatedMediaTypes),
  ]);
  const groups: ServedGroup[] = [];
  for (const root of roots) {
    groups.push(
      ...(isAggregated(root) ? aggregatedGroups(root) : await legacyGroups(cluster, root, options.signal)),
    );
  }
  const {
    gitVersion = '',
    major = '',
    minor = '',
  } = JSON.parse(version.body.toString('utf8')) as Record<string, string>;
  return {
    resources: inVeleroOrder(groups).flatMap((group) => resourcesOf(group, options)),
    stale: groups.flatMap((group) =>
      group.versions.flatMap(({ version, stale }) =>
        stale === undefined ? [] : [{ group: group.name, version, reason: stale }],
      ),
    ),
    serverVersion: { gitVersion, major, minor },
  };
}

/**
 * Marks, of each resource, the first version in the order of preference that serves it: ServerPreferredResources of
 * client-go. (On 1.20 batch prefers v1, and cronjobs are in v1beta1 alone.)
 */
function resourcesOf(group: ServedGroup, options: DiscoverOptions): ApiResource[] {
  const seen = new Set<string>();
  const resources: ApiResource[] = [];
  for (const { resources: served } of group.versions) {
    for (const resource of served) {
      const preferred = !seen.has(resource.resource);
      seen.add(resource.resource);
      if (!preferred && !options.allVersions) continue;
      if (!options.allVerbs && !isWhole(resource)) continue;
      resources.push({ ...resource, preferred });
    }
  }
  return group.name === '' ? coreFirst(resources) : resources;
}

/** Velero pkg/discovery/helper.go: what a backup and its restore need of a resource. */
const needed = ['list', 'create', 'get', 'delete'];

/** Whether the objects of a resource can be listed, created, read and deleted. */
export function isWhole({ verbs }: Pick<ApiResource, 'verbs'>): boolean {
  return needed.every((verb) => verbs.includes(verb));
}

/** Velero takes `extensions` last, so that its resources are seen under their newer groups first. */
function inVeleroOrder(groups: ServedGroup[]): ServedGroup[] {
  const isLast = (group: ServedGroup) => group.name === 'extensions';
  return [...groups.filter((group) => !isLast(group)), ...groups.filter(isLast)];
}

/** Velero pkg/backup/item_collector.go: pods, then claims, then volumes, close together in time. */
function coreFirst(resources: ApiResource[]): ApiResource[] {
  const first = ['pods', 'persistentvolumeclaims', 'persistentvolumes'];
  const rank = ({ resource }: ApiResource) =>
    first.includes(resource) ? first.indexOf(resource) : first.length;
  return resources.toSorted((a, b) => rank(a) - rank(b));
}
