import type { LifeboatError } from '../errors';
import type { ApiResource } from './api-resource';
import { type ListPageOfItems, type ListPagesOptions, listPages } from './list';
import type { Cluster } from './port';
import { isRefusedByRbac } from './status';

export interface ListEverywhereOptions extends Omit<ListPagesOptions, 'namespace'> {
  /** Told of each namespace whose list RBAC refuses as well; without it the first one ends the list with its error. */
  onDenied?: (namespace: string, error: LifeboatError) => void;
}

/**
 * One list of the whole cluster; where RBAC refuses that, one of each of the namespaces that the caller names, each
 * page saying of which. Throws LifeboatError `denied` when the resource has no namespaces.
 */
export async function* listEverywhere(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  resource: ApiResource,
  namespaces: readonly string[],
  options: ListEverywhereOptions = {},
): AsyncGenerator<ListPageOfItems, void, undefined> {
  const { onDenied, ...pages } = options;
  try {
    yield* listPages(cluster, resource, pages);
    return;
  } catch (error) {
    if (!isRefusedByRbac(error) || !resource.namespaced) throw error;
  }
  for (const namespace of namespaces) {
    try {
      yield* listPages(cluster, resource, { ...pages, namespace });
    } catch (error) {
      if (!isRefusedByRbac(error) || !onDenied) throw error;
      onDenied(namespace, error);
    }
  }
}
