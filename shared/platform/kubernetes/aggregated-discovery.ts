import type * as v from 'valibot';
import {
  groupDiscovery,
  groupDiscoveryList,
  nameIn,
  readDocument,
  versionDiscovery,
} from './discovery-documents';
import type { ServedGroup, ServedResource } from './served-group';

export const aggregatedKind = 'APIGroupDiscoveryList';
const list = `as=${aggregatedKind}`;
/** The newest form first, then plain JSON, which every server speaks. v2 since Kubernetes 1.30, v2beta1 since 1.26. */
export const aggregatedMediaTypes = [
  `application/json;g=apidiscovery.k8s.io;v=v2;${list}`,
  `application/json;g=apidiscovery.k8s.io;v=v2beta1;${list}`,
  'application/json',
].join(',');

/**
 * Reads an APIGroupDiscoveryList, versions in order of preference; undefined for what is not one. A group or version in it
 * that cannot be read is stale: the API server passes on what aggregated ones write.
 */
export function aggregatedGroups(document: unknown): ServedGroup[] | undefined {
  const read = readDocument(groupDiscoveryList, document);
  return 'found' in read ? read.found.items.map(servedGroup) : undefined;
}

function servedGroup(item: unknown): ServedGroup {
  const read = readDocument(groupDiscovery, item);
  if ('fault' in read) {
    const name = nameIn(item, 'metadata', 'name') || 'without a name';
    return { name, versions: [{ version: '', resources: [], stale: read.fault }] };
  }
  const { metadata, versions } = read.found;
  const name = metadata?.name ?? '';
  return { name, versions: versions.map((version) => servedVersion(name, version)) };
}

function servedVersion(group: string, item: unknown): ServedGroup['versions'][number] {
  const read = readDocument(versionDiscovery, item);
  if ('fault' in read) return { version: nameIn(item, 'version'), resources: [], stale: read.fault };
  const { version, freshness, resources } = read.found;
  return freshness === 'Stale'
    ? { version, resources: [], stale: 'its aggregated API server does not answer' }
    : { version, resources: resources.flatMap((resource) => servedResource(group, version, resource)) };
}

type ResourceDiscovery = v.InferOutput<typeof versionDiscovery>['resources'][number];

/** None for an entry that stands only for its subresources. */
function servedResource(group: string, version: string, resource: ResourceDiscovery): ServedResource[] {
  const { verbs, responseKind, shortNames } = resource;
  if (verbs.length === 0 || !responseKind?.kind) return [];
  return [
    {
      group,
      version,
      kind: responseKind.kind,
      resource: resource.resource,
      namespaced: resource.scope === 'Namespaced',
      singular: resource.singularResource || responseKind.kind.toLowerCase(),
      shortNames,
      verbs,
      subresources: resource.subresources.map(({ subresource }) => subresource),
    },
  ];
}
