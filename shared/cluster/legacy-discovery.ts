import { LifeboatError } from '../errors';
import type { ApiResponse, Cluster } from './port';
import type { ServedGroup, ServedResource } from './served-group';
import { statusOf } from './status';

interface ApiVersions {
  versions?: string[];
}
interface ApiGroupList {
  groups?: { name: string; versions: { version: string }[]; preferredVersion?: { version: string } }[];
}
interface ApiResourceList {
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
  cluster: Pick<Cluster, 'request'>,
  root: ApiResponse,
  signal?: AbortSignal,
): Promise<ServedGroup[]> {
  const parsed = JSON.parse(root.body.toString('utf8')) as ApiVersions & ApiGroupList;
  const named = parsed.versions
    ? [{ name: '', versions: parsed.versions }]
    : (parsed.groups ?? []).map(({ name, versions, preferredVersion }) => {
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
  cluster: Pick<Cluster, 'request'>,
  group: string,
  version: string,
  signal?: AbortSignal,
): Promise<ServedGroup['versions'][number]> {
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const stale = (reason: string) => ({ version, resources: [], stale: reason });
  let response: ApiResponse;
  try {
    response = await cluster.request({ method: 'GET', path, signal, attempts: 2 });
  } catch (error) {
    if (error instanceof LifeboatError) return stale(error.message);
    throw error;
  }
  if (response.status !== 200) return stale(statusOf(response).message);
  const { resources = [] } = JSON.parse(response.body.toString('utf8')) as ApiResourceList;
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
