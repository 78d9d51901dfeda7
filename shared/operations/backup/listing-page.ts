import type { ListedItem } from '../../platform/kubernetes/listed-item';
import type { Listing } from './listings';

/** A page of a listing, or what is to be said of it. */
export interface ListingPage {
  listing: Listing;
  items: Iterable<ListedItem>;
  /** The list began anew: objects that it gave before come again. */
  restarted: boolean;
  /** Objects are missing, for this reason. */
  miss?: string;
  /** Of a miss: RBAC refuses to read them. */
  denied?: boolean;
  /** Of a miss: the one object that is missing. */
  named?: string;
  /** What later pages of the listing hold by the look of this one, where the server says how many objects that are. */
  toCome?: { objects: number; bytes: number; requests: number };
  /** Worth knowing, though nothing is missing. */
  remark?: string;
  /** The items are used up, and their memory serves for later pages. */
  release(): void;
}

/** A page without objects, of which something is to be said. */
export function pageWithout(listing: Listing): ListingPage {
  return { listing, items: [], restarted: false, release: () => {} };
}
