import type { ServedGroup, ServedResource } from './served-group';

export const aggregatedKind = 'APIGroupDiscoveryList';
const list = `as=${aggregatedKind}`;
/** The newest form first, then plain JSON, which every server speaks. v2 since Kubernetes 1.30, v2beta1 since 1.26. */
export const aggregatedMediaTypes = [
  `application/json;g=apidiscovery.k8s.io;v=v2;${list}`,
  `application/json;g=apidiscovery.k8s.io;v=v2beta1;${list}`,
  'application/json',
].join(',');

interface GroupDiscoveryList {
  items?: {
    metadata?: { name?: string };
    versions?: { version: string; freshness?: string; resources?: ResourceDiscovery[] }[];
  }[];
}

interface ResourceDiscovery {
  resource: string;
  responseKind?: { kind?: string } | null;
  scope?: string;
  singularResource?: string;
  verbs?: string[];
  shortNames?: string[];
  subresources?: { subresource: string }[];
}

/** Reads an APIGroupDiscoveryList; v2 and v2beta1 have the same fields. Versions are in order of preference. */
export function aggregatedGroups({ items = [] }: GroupDiscoveryList): ServedGroup[] {
  return items.map(({ metadata, versions = [] }) => {
    const name = metadata?.name ?? '';
    return {
      name,
      versions: versions.map(({ version, freshness, resources = [] }) =>
        freshness === 'Stale'
          ? { version, resources: [], stale: 'its aggregated API server does not answer' }
          : { version, resources: resources.flatMap((resource) => servedResource(name, version, resource)) },
      ),
    };
  });
}

/** None for an entry that stands only for its subresources. */
function servedResource(group: string, version: string, resource: ResourceDiscovery): ServedResource[] {
  const { verbs = [], responseKind } = resource;
  if (verbs.length === 0 || !responseKind?.kind) return [];
  return [
    {
      group,
      version,
      kind: responseKind.kind,
      resource: resource.resource,
      namespaced: resource.scope === 'Namespaced',
      singular: resource.singularResource || responseKind.kind.toLowerCase(),
      shortNames: resource.shortNames ?? [],
      verbs,
      subresources: (resource.subresources ?? []).map(({ subresource }) => subresource),
    },
  ];
}
