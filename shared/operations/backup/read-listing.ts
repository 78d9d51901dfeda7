import { groupResource } from '../../platform/kubernetes/api-resource';
import { NotAnApiServer } from '../../platform/kubernetes/believe';
import type { BodyBuffers } from '../../platform/kubernetes/body-buffers';
import { ResponseTooLarge } from '../../platform/kubernetes/exchange';
import { type ListPageOfItems, listPages } from '../../platform/kubernetes/list';
import { Unreachable } from '../../platform/kubernetes/no-answer';
import type { Cluster } from '../../platform/kubernetes/port';
import { NotLetIn } from '../../platform/kubernetes/status';
import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { isServersOwnGroup } from '../../platform/kubernetes/built-in-kinds';
import { type ListingPage, pageWithout } from './listing-page';
import type { Listing } from './listings';
import type { ReadingTime } from './reading-time';
import { singleNamespaces } from './single-namespaces';

export interface ReadListingOptions {
  signal: AbortSignal;
  /** A list for which no time is left is a miss. Absent: no limit. */
  time?: ReadingTime;
  /** Only these namespaces were asked for: that the credentials are for these alone is nothing to be told. */
  narrow?: boolean;
  /** Memory of the pages, for a caller that reads several listings at once. */
  buffers?: BodyBuffers;
}

/**
 * Reads one listing. A failure does not end the backup: it comes as a page with `miss`. Credentials that may not list a
 * resource across the cluster list it in each of `namespaces`, or get those. Throws when the API server itself does not answer, so that a
 * later attempt can do better, and the signal's reason.
 */
export async function* readListing(
  cluster: Cluster,
  listing: Listing,
  namespaces: readonly string[],
  options: ReadListingOptions,
): AsyncGenerator<ListingPage, void> {
  const { signal } = options;
  try {
    yield* pages(cluster, listing, options);
    return;
  } catch (error) {
    if (error instanceof NotLetIn) throw error;
    if (isKind(error, 'invalid') && listing.without?.length) {
      // An API of its own may know no field selector; what is not wanted is passed over here then.
      const { without: _, ...whole } = listing;
      yield* readListing(cluster, whole, namespaces, options);
      return;
    }
    if (
      isKind(error, 'denied') &&
      groupResource(listing.resource) === 'namespaces' &&
      namespaces.length > 0
    ) {
      yield* singleNamespaces(cluster, listing, namespaces, signal);
      return;
    }
    if (
      !isKind(error, 'denied') ||
      !listing.resource.namespaced ||
      listing.namespace ||
      namespaces.length === 0
    ) {
      yield missOf(listing, error, signal);
      return;
    }
  }
  if (!options.narrow) {
    yield {
      ...pageWithout(listing),
      remark: 'listed namespace by namespace: the credentials may not list it across the cluster',
    };
  }
  yield* eachNamespace(cluster, listing, namespaces, options);
}

/** Reads a resource in each of the namespaces; a failure in one comes as a page with `miss`. */
export async function* eachNamespace(
  cluster: Cluster,
  { without: _, ...listing }: Listing,
  namespaces: readonly string[],
  options: ReadListingOptions,
): AsyncGenerator<ListingPage, void> {
  for (const namespace of namespaces) {
    const inNamespace = { ...listing, namespace };
    try {
      yield* pages(cluster, inNamespace, options);
    } catch (error) {
      yield missOf(inNamespace, error, options.signal);
    }
  }
}

async function* pages(
  cluster: Cluster,
  listing: Listing,
  { signal, time, buffers }: ReadListingOptions,
): AsyncGenerator<ListingPage, void> {
  const { resource, namespace, labelSelector } = listing;
  const fieldSelector = listing.without?.map((name) => `metadata.namespace!=${name}`).join(',') || undefined;
  let remarked = false;
  time?.check();
  // Who reads several listings at once reads ahead himself: twice would be twice the memory.
  const options = { namespace, labelSelector, fieldSelector, signal, buffers, ahead: buffers === undefined };
  for await (const page of listPages(cluster, resource, options)) {
    // A list that began anew is of one moment again.
    const torn = !page.consistent;
    yield {
      listing,
      items: page.items,
      ...(page.remaining && page.items.length > 0 && { toCome: toCome(page, page.remaining) }),
      restarted: page.restarted,
      release: page.release,
      ...(torn && !remarked
        ? { remark: 'the list took so long that its snapshot expired: its objects are not of one moment' }
        : {}),
    };
    remarked ||= torn;
    time?.check();
  }
}

function toCome({ items, bytes }: ListPageOfItems, objects: number): ListingPage['toCome'] {
  const pages = objects / items.length;
  return { objects, bytes: Math.ceil(pages * bytes), requests: Math.ceil(pages) };
}

function missOf(listing: Listing, error: unknown, signal: AbortSignal): ListingPage {
  signal.throwIfAborted();
  if (!(error instanceof LifeboatError)) throw error;
  if (error.kind === 'lost-lease' || isAboutServer(error, listing.resource.group)) throw error;
  return { ...pageWithout(listing), miss: messageOf(error), denied: error.kind === 'denied' };
}

/** An aggregated API may be down or answer wrongly by itself. A page that is too large would be so again. */
function isAboutServer(error: LifeboatError, group: string): boolean {
  if (error instanceof Unreachable || error instanceof NotLetIn) return true;
  if (error instanceof ResponseTooLarge || !isServersOwnGroup(group)) return false;
  return error.kind === 'unavailable' || error instanceof NotAnApiServer;
}
