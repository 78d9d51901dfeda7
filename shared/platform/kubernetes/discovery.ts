import { LifeboatError } from '../errors';
import { aggregatedGroups, aggregatedKind, aggregatedMediaTypes } from './aggregated-discovery';
import type { ApiResource, Discovery } from './api-resource';
import { askDocument, askVersion } from './ask-document';
import { NotAnApiServer } from './believe';
import { legacyGroups } from './legacy-discovery';
import { ResponseTooLarge } from './exchange';
import type { Cluster, DiscoverOptions } from './port';
import type { ServedGroup } from './served-group';

/**
 * What the API server serves: aggregated discovery (v2, else v2beta1) where it is spoken, else one request for each
 * group version. The kind of an answer says which it is: a gateway may cut the parameters off a Content-Type. A group
 * version that does not answer, or cannot be read, is reported as stale, not an error, but for the core group. Throws
 * NotAnApiServer for answers that are no discovery, `unavailable` when the core group does not answer.
 */
export async function discover(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  options: DiscoverOptions = {},
): Promise<Discovery> {
  const { signal } = options;
  const ask = async (path: string, kinds: readonly string[]) => {
    const asked = { method: 'GET', path, signal } as const;
    try {
      // In the old form one group cannot swell the answer of all others.
      return await askDocument(cluster, { ...asked, accept: aggregatedMediaTypes }, kinds).catch(
        (error: unknown) => {
          if (!(error instanceof ResponseTooLarge)) throw error;
          return askDocument(cluster, asked, kinds);
        },
      );
    } catch (error) {
      if (!(error instanceof ResponseTooLarge)) throw error;
      throw new NotAnApiServer(cluster, asked, `more than ${error.maxBytes} bytes`);
    }
  };
  const [{ gitVersion, major = '', minor = '' }, core, others] = await Promise.all([
    askVersion(cluster, { signal }),
    ask('/api', ['APIVersions', aggregatedKind]),
    ask('/apis', ['APIGroupList', aggregatedKind]),
  ]);
  const groups: ServedGroup[] = [];
  for (const [path, root] of [
    ['/api', core],
    ['/apis', others],
  ] as const) {
    const found =
      root.kind === aggregatedKind ? aggregatedGroups(root) : await legacyGroups(cluster, root, signal);
    // Without groups everything in them would look empty.
    if (!found?.length)
      throw new NotAnApiServer(cluster, { method: 'GET', path }, 'a discovery without groups');
    groups.push(...found.map(withinBounds));
  }
  assertCoreGroup(cluster, groups);
  assertFew(cluster, groups);
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

/** Without the core group there is no Kubernetes to back up: everything would look empty. */
function assertCoreGroup(cluster: Pick<Cluster, 'name' | 'server'>, groups: readonly ServedGroup[]): void {
  const versions = groups.filter(({ name }) => name === '').flatMap((group) => group.versions);
  if (versions.some(({ resources }) => resources.length > 0)) return;
  const stale = versions.find((one) => one.stale !== undefined)?.stale;
  if (stale === undefined) {
    throw new NotAnApiServer(cluster, { method: 'GET', path: '/api' }, 'a discovery without the core group');
  }
  throw new LifeboatError(
    'unavailable',
    `cluster "${cluster.name}": the core group of its API does not answer: ${stale}`,
  );
}

/** A backup makes a list of each resource: a discovery that does not end would make one that does not. */
const mostResources = 30_000;
/** Resources of one version of one group; kube-apiserver's largest has 60. */
const mostOfVersion = 5_000;

/** A version that serves too many resources is stale: whoever runs an aggregated API server must not end the discovery of all. */
function withinBounds(group: ServedGroup): ServedGroup {
  const versions = group.versions.map((one) =>
    one.resources.length <= mostOfVersion
      ? one
      : { version: one.version, resources: [], stale: `it serves ${one.resources.length} resources` },
  );
  return { ...group, versions };
}

function assertFew(cluster: Pick<Cluster, 'server'>, groups: readonly ServedGroup[]): void {
  const count = groups
    .flatMap(({ versions }) => versions)
    .reduce((sum, one) => sum + one.resources.length, 0);
  if (count <= mostResources) return;
  throw new NotAnApiServer(cluster, { method: 'GET', path: '/apis' }, `${count} resources`);
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
