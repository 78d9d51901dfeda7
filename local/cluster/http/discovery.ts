import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import type { Answer } from './api-call';
import type { ServedResource } from '../kinds/served-resource';

/** A group version whose aggregated API server does not answer. */
export interface StaleGroupVersion {
  group: string;
  version: string;
}

const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const subscriber = [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }];

interface Group {
  name: string;
  versions: { version: string; resources: ServedResource[]; stale: boolean }[];
}

/** `/api`, `/apis` and what lies below, aggregated (v2) or in the old form, as the Accept header asks. */
export class DiscoveryDocuments {
  constructor(
    private readonly served: () => ServedResource[],
    private readonly stale: () => StaleGroupVersion[],
  ) {}

  /** `/api` or `/apis`. */
  root(path: '/api' | '/apis', accept: string): Answer {
    const groups = this.#groups().filter((group) => (path === '/api') === (group.name === ''));
    if (wantsAggregated(accept)) {
      return { status: 200, contentType: v2, body: JSON.stringify(aggregated(groups)) };
    }
    if (path === '/api') {
      return json({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: subscriber });
    }
    return json({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(legacyGroup) });
  }

  /** `/apis/apps`. */
  group(name: string): Answer {
    const group = this.#groups().find((each) => each.name === name);
    if (!group || name === '')
      return { status: 404, contentType: 'text/plain', body: '404 page not found\n' };
    return json({ kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(group) });
  }

  /** `/api/v1`, `/apis/apps/v1`. */
  groupVersion(group: string, version: string): Answer {
    const found = this.#groups()
      .find((each) => each.name === group)
      ?.versions.find((each) => each.version === version);
    if (!found) return { status: 404, contentType: 'text/plain', body: '404 page not found\n' };
    if (found.stale) return unavailable();
    return json({
      kind: 'APIResourceList',
      ...(group === '' ? {} : { apiVersion: 'v1' }),
      groupVersion: apiVersionOf({ group, version }),
      resources: found.resources.flatMap(legacyResources),
    });
  }

  #groups(): Group[] {
    const groups = new Map<string, Group>();
    const versionOf = (name: string, version: string) => {
      const group = groups.get(name) ?? { name, versions: [] };
      groups.set(name, group);
      let found = group.versions.find((each) => each.version === version);
      if (!found) {
        found = { version, resources: [], stale: false };
        group.versions.push(found);
      }
      return found;
    };
    for (const resource of this.served())
      versionOf(resource.group, resource.version).resources.push(resource);
    for (const { group, version } of this.stale()) versionOf(group, version).stale = true;
    return [...groups.values()];
  }
}

/** What the aggregator says for a group version whose backend is gone. */
export function unavailable(): Answer {
  return { status: 503, contentType: 'text/plain', body: 'service unavailable\n' };
}

function wantsAggregated(accept: string): boolean {
  return /;\s*as=APIGroupDiscoveryList/.test(accept) && /;\s*v=v2\b/.test(accept);
}

function aggregated(groups: Group[]) {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version, resources, stale }) => ({
        version,
        ...(stale ? {} : { resources: resources.map(aggregatedResource) }),
        freshness: stale ? 'Stale' : 'Current',
      })),
    })),
  };
}

function aggregatedResource(of: ServedResource) {
  return {
    resource: of.resource,
    responseKind: of.custom
      ? { group: of.group, version: of.version, kind: of.kind }
      : { group: '', version: '', kind: of.kind },
    scope: of.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: of.singular,
    verbs: of.verbs,
    ...(of.shortNames.length ? { shortNames: of.shortNames } : {}),
    ...(of.categories.length ? { categories: of.categories } : {}),
    ...(of.subresources.length
      ? {
          subresources: of.subresources.map(({ name, responseKind, verbs }) => ({
            subresource: name,
            responseKind,
            verbs,
          })),
        }
      : {}),
  };
}

function legacyGroup({ name, versions }: Group) {
  const each = versions.map(({ version }) => ({
    groupVersion: apiVersionOf({ group: name, version }),
    version,
  }));
  return { name, versions: each, preferredVersion: each[0] };
}

function legacyResources(of: ServedResource) {
  return [
    {
      name: of.resource,
      singularName: of.singular,
      namespaced: of.namespaced,
      kind: of.kind,
      verbs: of.verbs,
      ...(of.shortNames.length ? { shortNames: of.shortNames } : {}),
      ...(of.categories.length ? { categories: of.categories } : {}),
    },
    ...of.subresources.map(({ name, responseKind, verbs }) => ({
      name: `${of.resource}/${name}`,
      singularName: '',
      namespaced: of.namespaced,
      ...(responseKind.version ? { group: responseKind.group, version: responseKind.version } : {}),
      kind: responseKind.kind,
      verbs,
    })),
  ];
}

const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) });
