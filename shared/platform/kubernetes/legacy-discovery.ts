import type * as v from 'valibot';
import { LifeboatError } from '../errors';
import { isServersOwnGroup } from './built-in-kinds';
import { askDocument } from './ask-document';
import { NotAnApiServer } from './believe';
import {
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  nameIn,
  readDocument,
} from './discovery-documents';
import { Unreachable } from './no-answer';
import type { ApiRequest, Cluster } from './port';
import { NotLetIn } from './status';
import type { ServedGroup, ServedResource } from './served-group';

type Asked = Pick<Cluster, 'request' | 'name' | 'server'>;

/** Group versions that a cluster may serve; one with 3,000 custom resources has some hundreds. */
const mostVersions = 3_000;

/**
 * Reads the answer of `/api` or `/apis` in its old form and asks for each group version it names; undefined for what cannot
 * be read. A group version that does not answer, or cannot be read, is stale: the API server itself answers for its own
 * groups, so it is an aggregated one that is down or wrong.
 */
export async function legacyGroups(
  cluster: Asked,
  root: Record<string, unknown>,
  signal?: AbortSignal,
): Promise<ServedGroup[] | undefined> {
  const named = root.kind === 'APIVersions' ? coreGroup(root) : namedGroups(root);
  if (named === undefined) return undefined;
  // Each of them is a request.
  if (named.flatMap(({ versions }) => versions).length > mostVersions) {
    throw new NotAnApiServer(cluster, { method: 'GET', path: '/apis' }, `more than ${mostVersions} versions`);
  }
  return Promise.all(
    named.map(async ({ name, versions, fault }) => ({
      name,
      versions:
        fault === undefined
          ? await Promise.all(versions.map((version) => groupVersion(cluster, name, version, signal)))
          : [{ version: '', resources: [], stale: fault }],
    })),
  );
}

interface NamedGroup {
  name: string;
  /** In order of preference. */
  versions: string[];
  /** Why its versions are not known. */
  fault?: string;
}

function coreGroup(root: unknown): NamedGroup[] | undefined {
  const read = readDocument(apiVersions, root);
  return 'found' in read ? [{ name: '', versions: read.found.versions }] : undefined;
}

function namedGroups(root: unknown): NamedGroup[] | undefined {
  const groups = readDocument(apiGroupList, root);
  if ('fault' in groups) return undefined;
  return groups.found.groups.map((group) => {
    const read = readDocument(apiGroup, group);
    if ('fault' in read) {
      return { name: nameIn(group, 'name') || 'without a name', versions: [], fault: read.fault };
    }
    const { name, versions, preferredVersion } = read.found;
    const preferred = preferredVersion?.version;
    const served = versions.map(({ version }) => version);
    const first = served.filter((version) => version === preferred);
    return { name, versions: [...first, ...served.filter((version) => version !== preferred)] };
  });
}

async function groupVersion(
  cluster: Asked,
  group: string,
  version: string,
  signal?: AbortSignal,
): Promise<ServedGroup['versions'][number]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const stale = (reason: string) => ({ version, resources: [], stale: reason });
  const asked: ApiRequest = { method: 'GET', path, signal, attempts: 2 };
  try {
    const document = await askDocument(cluster, asked, ['APIResourceList']);
    const read = readDocument(apiResourceList, document);
    if ('fault' in read) return stale(read.fault);
    if (read.found.groupVersion !== (group === '' ? version : `${group}/${version}`)) {
      throw new NotAnApiServer(cluster, asked, 'the resources of another group');
    }
    return { version, resources: servedResources(group, version, read.found.resources) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof LifeboatError) || error instanceof Unreachable || error instanceof NotLetIn)
      throw error;
    // What an aggregated API server answers is passed on as it is; for its own groups the API server stands itself.
    if (error instanceof NotAnApiServer && isServersOwnGroup(group)) throw error;
    return stale(error.message);
  }
}

type ListedResource = v.InferOutput<typeof apiResourceList>['resources'][number];

function servedResources(
  group: string,
  version: string,
  resources: readonly ListedResource[],
): ServedResource[] {
  const subresources = new Map<string, string[]>();
  for (const { name } of resources) {
    const slash = name.indexOf('/');
    if (slash < 0) continue;
    const parent = name.slice(0, slash);
    subresources.set(parent, [...(subresources.get(parent) ?? []), name.slice(slash + 1)]);
  }
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, singularName, shortNames, verbs }) => ({
      group,
      version,
      kind,
      resource: name,
      namespaced,
      singular: singularName || kind.toLowerCase(),
      shortNames,
      verbs,
      subresources: subresources.get(name) ?? [],
    }));
}
