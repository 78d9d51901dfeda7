import { objectPath } from '../../platform/kubernetes/api-path';
import { type ApiResource, apiVersion } from '../../platform/kubernetes/api-resource';
import { askObject } from '../../platform/kubernetes/believe';
import { completeItem, type ListedItem } from '../../platform/kubernetes/listed-item';
import type { Cluster } from '../../platform/kubernetes/port';
import { statusOf } from '../../platform/kubernetes/status';
import { isKind } from '../../platform/errors';
import type { Log } from '../../platform/log/log';

/**
 * The objects that `orderedResources` puts first, in its order: `ns/a,ns/b`, or names alone for cluster-scoped resources
 * (Velero pkg/backup/item_collector.go, sortResourcesByOrder). One that does not exist is a warning, as in Velero.
 */
export async function* orderedItems(
  cluster: Cluster,
  resource: ApiResource,
  order: string,
  log: Log,
  signal: AbortSignal,
): AsyncGenerator<ListedItem, void> {
  for (const text of order.split(',').map((name) => name.trim())) {
    const slash = text.indexOf('/');
    const namespace = slash < 0 ? undefined : text.slice(0, slash);
    const name = text.slice(slash + 1);
    const fields = { resource: resource.resource, namespace: namespace ?? '', name };
    if (name === '' || name.includes('/') || resource.namespaced !== (namespace !== undefined)) {
      log.warn(
        `orderedResources: ${text} is not ${resource.namespaced ? 'namespace/name' : 'a name'}`,
        fields,
      );
      continue;
    }
    const path = objectPath(resource, namespace, name);
    const response = await askObject(cluster, { method: 'GET', path, signal }, resource.kind);
    if (response.status === 200) yield* itemIn(response.body, resource);
    else log.warn(`orderedResources: ${text} is not put first: ${statusOf(response).message}`, fields);
  }
}

/** None where the answer is no object: the list then says what is to be said of it. */
function itemIn(body: Buffer, resource: ApiResource): ListedItem[] {
  try {
    return [completeItem(body, apiVersion(resource), resource.kind)];
  } catch (error) {
    if (!isKind(error, 'corrupt')) throw error;
    return [];
  }
}
