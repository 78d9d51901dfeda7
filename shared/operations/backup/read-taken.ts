import type { Cluster } from '../../platform/kubernetes/port';
import type { ListingPage } from './listing-page';
import type { Listing } from './listings';
import { eachNamespace, type ReadListingOptions, readListing } from './read-listing';
import type { NamespaceReach } from './select-namespaces';

/** A request is taken to cost as much time as reading these bytes that nobody wants: an estimate of some milliseconds. */
const bytesOfRequest = 256 * 1024;

/**
 * Reads one listing in the namespaces that a backup takes, in the cheaper way. Few namespaces are listed one by one. Many are
 * listed at once across the cluster, without those that are not taken; where the API server cannot leave these out, the first
 * page tells how much of others would come, and more than a request for each namespace costs is not read. Pages hold objects of
 * the namespaces that are taken alone where these are named. A page may hold objects that came before.
 */
export async function* readTaken(
  cluster: Cluster,
  listing: Listing,
  reach: NamespaceReach,
  options: ReadListingOptions,
): AsyncGenerator<ListingPage, void> {
  if (!listing.resource.namespaced) {
    yield* readListing(cluster, listing, reach.taken, options);
    return;
  }
  if (reach.few) {
    yield* eachNamespace(cluster, listing, reach.taken, options);
    return;
  }
  const taken = new Set(reach.taken);
  const whole = { ...listing, without: reach.without };
  let first = true;
  for await (const page of readListing(cluster, whole, reach.taken, { ...options, narrow: reach.only })) {
    const items = reach.only
      ? [...page.items].filter(({ namespace }) => taken.has(namespace ?? ''))
      : page.items;
    yield { ...page, items };
    if (first && eachIsCheaper(page, reach)) {
      yield* eachNamespace(cluster, listing, reach.taken, options);
      return;
    }
    first = false;
  }
}

/** The API server says how much is to come only where it is to leave nothing out. */
function eachIsCheaper({ toCome }: ListingPage, { taken, share }: NamespaceReach): boolean {
  if (!toCome) return false;
  const notWanted = toCome.bytes * (1 - share);
  return toCome.requests + notWanted / bytesOfRequest > taken.length;
}
