import { type AnswerHead, answerHead } from './answer-head';
import { objectPath } from './api-path';
import { NotAnApiServer } from './believe';
import type { ApiRequest, Cluster } from './port';

/** What a list needs to know of its resource. */
interface ListedKind {
  group: string;
  version: string;
  resource: string;
  /** Absent where it is not known: then any list of the version is taken. */
  kind?: string;
}

type ListHead = Pick<AnswerHead, 'kind' | 'apiVersion' | 'hasItems'>;

const metadataList = 'PartialObjectMetadataList';

const definitions = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  namespaced: false,
};

/**
 * Makes sure that an answer is a list of the resource: it has `items`, the resource's apiVersion, and the name of its kind
 * with `List`. A CustomResourceDefinition may name its list otherwise: it is asked once a list has another name. Throws
 * NotAnApiServer.
 */
export async function believeList(
  cluster: Pick<Cluster, 'request' | 'server'>,
  request: ApiRequest,
  resource: ListedKind,
  head: ListHead,
): Promise<void> {
  const { group, version, kind } = resource;
  const found = head.kind?.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
  if (found === undefined) throw new NotAnApiServer(cluster, request, 'an object without a kind');
  if (!head.hasItems) throw new NotAnApiServer(cluster, request, `${found} without items`);
  const asked = request.accept?.includes(`as=${metadataList}`);
  if (asked && found === metadataList && head.apiVersion?.startsWith('meta.k8s.io/')) return;
  if (head.apiVersion !== (group === '' ? version : `${group}/${version}`)) {
    throw new NotAnApiServer(cluster, request, `${found} of another apiVersion`);
  }
  const isOwn =
    kind === undefined
      ? found.endsWith('List')
      : found === `${kind}List` || (await isListKind(cluster, request, resource, found));
  if (!isOwn) throw new NotAnApiServer(cluster, request, `${found} instead of ${kind ?? ''}List`);
}

/**
 * Makes sure that the objects of a list, where they say it, are of its apiVersion and kind. Throws NotAnApiServer. For callers
 * that act on a list; a backup counts such an object as a miss.
 */
export function believeItems(
  cluster: Pick<Cluster, 'server'>,
  request: ApiRequest,
  { group, version, kind }: ListedKind,
  objects: readonly { apiVersion?: string; kind?: string }[],
): void {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  for (const one of objects) {
    const { apiVersion: of = apiVersion, kind: said = kind } = one;
    if (of === apiVersion && said === kind) continue;
    const shown = `${said} of ${of}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
    throw new NotAnApiServer(cluster, request, `a list that holds ${shown}`);
  }
}

async function isListKind(
  cluster: Pick<Cluster, 'request'>,
  { signal }: ApiRequest,
  { group, resource }: ListedKind,
  found: string,
): Promise<boolean> {
  // No definition has the groups of the API server itself.
  if (!group.includes('.')) return false;
  const path = objectPath(definitions, undefined, `${resource}.${group}`);
  const { status, body } = await cluster.request({ method: 'GET', path, signal });
  if (status !== 200 || answerHead(body)?.kind !== 'CustomResourceDefinition') return false;
  const { spec } = JSON.parse(body.toString('utf8')) as { spec?: { names?: { listKind?: string } } };
  return spec?.names?.listKind === found;
}
