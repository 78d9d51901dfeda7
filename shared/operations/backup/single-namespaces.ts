import { objectPath } from '../../platform/kubernetes/api-path';
import { type ApiResource, apiVersion } from '../../platform/kubernetes/api-resource';
import { askObject } from '../../platform/kubernetes/believe';
import { completeItem } from '../../platform/kubernetes/listed-item';
import type { Cluster } from '../../platform/kubernetes/port';
import { errorOfStatus, failsForAll, statusOf } from '../../platform/kubernetes/status';
import { messageOf } from '../../platform/errors';
import { type ListingPage, pageWithout } from './listing-page';
import type { Listing } from './listings';

/**
 * The namespaces of these names one by one, for credentials that may not list them: a Role may grant `get` on its own
 * namespace. One that may not be got either is a miss. Throws what would be said of each of them.
 */
export async function* singleNamespaces(
  cluster: Cluster,
  listing: Listing,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<ListingPage, void> {
  const { resource } = listing;
  for (const name of names) {
    const page = pageWithout(listing);
    const path = objectPath(resource, undefined, name);
    const response = await askObject(cluster, { method: 'GET', path, signal }, resource.kind);
    if (response.status === 200) {
      yield pageOf(page, response.body, resource, name);
    } else if (response.status !== 404) {
      const status = statusOf(response);
      const error = errorOfStatus(status, `cluster "${cluster.name}": namespace ${name}`);
      if (failsForAll(status)) throw error;
      yield { ...page, miss: messageOf(error), denied: error.kind === 'denied', named: name };
    }
  }
}

function pageOf(page: ListingPage, body: Buffer, resource: ApiResource, name: string): ListingPage {
  try {
    return { ...page, items: [completeItem(body, apiVersion(resource), resource.kind)] };
  } catch (error) {
    return { ...page, miss: `namespace ${name}: ${messageOf(error)}` };
  }
}
