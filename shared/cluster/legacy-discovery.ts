import { LifeboatError } from '../errors';
import { askDocument } from './ask-document';
import { NotAnApiServer } from './believe';
import type { ApiRequest, Cluster } from './port';
import type { ServedGroup, ServedResource } from './served-group';

interface ApiVersions {
  versions?: string[];
}
interface ApiGroupList {
  groups?: { name: string; versions: { version: string }[]; preferredVersion?: { version: string } }[];
}
interface ApiResourceList {
  groupVersion?: string;
  resources?: {
    name: string;
    kind: string;
    namespaced: boolean;
    singularName?: string;
    shortNames?: string[];
    verbs?: string[];
  }[];
}

/**
 * Reads the answer of `/api` or `/apis` in its old form and asks for each group version it names. One that does not
 * answer is stale: the API server itself answers for its own groups, so it is an aggregated one that is down.
 */
export async function legacyGroups(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  root: ApiVersions & ApiGroupList,
  signal?: AbortSignal,
): Promise<ServedGroup[]> {
  const named = root.versions
    ? [{ name: '', versions: root.versions }]
    : (root.groups ?? []).map(({ name, versions, preferredVersion }) => {
        const preferred = preferredVersion?.version;
        const served = versions.map(({ version }) => version);
        const first = served.filter((version) => version === preferred);
        return { name, versions: [...first, ...served.filter((version) => version !== preferred)] };
      });
  return Promise.all(
    named.map(async ({ name, versions }) => ({
      name,
      versions: await Promise.all(versions.map((version) => groupVersion(cluster, name, version, signal))),
    })),
  );
}

async function groupVersion(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  group: string,
  version: string,
  signal?: AbortSignal,
): Promise<ServedGroup['versions'][number]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const stale = (reason: string) => ({ version, resources: [], stale: reason });
  const asked: ApiRequest = { method: 'GET', path, signal, attempts: 2 };
  let list: ApiResourceList;
  try {
    list = await askDocument(cluster, asked, ['APIResourceList']);
  } catch (error) {
    if (error instanceof LifeboatError && !(error instanceof NotAnApiServer)) return stale(error.message);
    throw error;
  }
  const { resources = [], groupVersion } = list;
  if (groupVersion !== (group === '' ? version : `${group}/${version}`)) {
    throw new NotAnApiServer(cluster, asked, 'the resources of another group');
  }
  const subresources = new Map<string, string[]>();
  for (const { name } of resources) {
    const slash = name.indexOf('/');
    if (slash < 0) continue;
    const parent = name.slice(0, slash);
    subresources.set(parent, [...(subresources.get(parent) ?? []), name.slice(slash + 1)]);
  }
  return {
    version,
    resources: resources
      .filter(({ name }) => !name.includes('/'))
      .map(
        (resource): ServedResource => ({
          group,
          version,
          kind: resource.kind,
          resource: resource.name,
          namespaced: resource.namespaced,
          singular: resource.singularName || resource.kind.toLowerCase(),
          shortNames: resource.shortNames ?? [],
          verbs: resource.verbs ?? [],
          subresources: subresources.get(resource.name) ?? [],
        }),
      ),
  };
}
