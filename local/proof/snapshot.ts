import { type BareApi, bareAnswer, bareRequest } from './bare-api';
import { parseExactly } from './exact-json';

/** Any object, as the server gave it. */
export interface SeenObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** Every object of a cluster by `<resource>[.<group>] [<namespace>/]<name>`. */
export type Snapshot = Map<string, SeenObject>;

interface ServedResource {
  name: string;
  kind: string;
  verbs: string[];
}

/**
 * Lists everything that an API server serves, each resource in the first version of its group that serves it, by the
 * legacy discovery that every version has. With `namespaces`, only what lives in them, they themselves, and the objects
 * whose keys are named in `clusterScoped`.
 */
export async function takeSnapshot(
  api: BareApi,
  namespaces?: readonly string[],
  clusterScoped: readonly string[] = [],
): Promise<Snapshot> {
  const snapshot: Snapshot = new Map();
  for (const { groupVersion, resource } of await servedResources(api)) {
    const group = groupVersion.includes('/') ? groupVersion.split('/')[0] : '';
    const root = group === '' ? `/api/${groupVersion}` : `/apis/${groupVersion}`;
    const answer = await bareAnswer(api, 'GET', `${root}/${resource.name}`);
    if (answer.status >= 400) continue;
    const list = parseExactly(answer.body.toString()) as { items: SeenObject[] | null };
    for (const item of list.items ?? []) {
      const { namespace, name } = item.metadata;
      const place = namespace === undefined ? name : `${namespace}/${name}`;
      const key = `${resource.name}${group === '' ? '' : `.${group}`} ${place}`;
      const home = namespace ?? (resource.kind === 'Namespace' ? name : '');
      if (namespaces !== undefined && !namespaces.includes(home) && !clusterScoped.includes(key)) continue;
      snapshot.set(key, { ...item, apiVersion: groupVersion, kind: resource.kind });
    }
  }
  return snapshot;
}

async function servedResources(api: BareApi): Promise<{ groupVersion: string; resource: ServedResource }[]> {
  const groups = await getJson<{ groups: { versions: { groupVersion: string }[] }[] }>(api, '/apis');
  const seen = new Set<string>();
  const served: { groupVersion: string; resource: ServedResource }[] = [];
  const versions = [
    ['v1'],
    ...groups.groups.map((group) => group.versions.map((version) => version.groupVersion)),
  ];
  for (const groupVersion of versions.flat()) {
    const group = groupVersion.includes('/') ? groupVersion.split('/')[0] : '';
    const path = group === '' ? `/api/${groupVersion}` : `/apis/${groupVersion}`;
    const answer = await bareAnswer(api, 'GET', path);
    if (answer.status >= 400) continue;
    const { resources } = JSON.parse(answer.body.toString()) as { resources: ServedResource[] };
    for (const resource of resources) {
      const key = `${resource.name}.${group}`;
      if (resource.name.includes('/') || !resource.verbs.includes('list') || seen.has(key)) continue;
      seen.add(key);
      served.push({ groupVersion, resource });
    }
  }
  return served;
}

async function getJson<T>(api: BareApi, path: string): Promise<T> {
  return JSON.parse((await bareRequest(api, 'GET', path)).toString()) as T;
}
