import { ResponseTooLarge } from './exchange';
import { SlowAnswer } from './no-answer';
import type { ApiRequest } from './port';

/** Objects of the first page of a list. */
export const mostOfPage = 500;

/** Objects of at most 1.5 MB each, as etcd takes them, fit into a page even then. */
export const fewestOfPage = 8;

/** A page above this is asked for again with fewer objects, so that memory does not follow their sizes. */
const maxPageBytes = 32 * 1024 * 1024;

/** Tries of the smallest page, each of which may take a minute. */
const triesOfSmallest = 3;

/** What the request of a page says besides its path. */
export type PageForm = Pick<ApiRequest, 'maxBytes' | 'rejectsSlow' | 'attempts'>;

/**
 * Asks for a page of at most `limit` objects, then for a quarter, while the answer is too large or takes too long: 500, 125,
 * 31, 8. A server that knows no limit is taken as it is in the end. `most` is what later pages may ask for: a server that
 * was too slow for more will be so again.
 */
export async function askPage<T>(
  limit: number,
  most: number,
  ask: (limit: number, form: PageForm) => Promise<T>,
): Promise<{ answer: T; limit: number; most: number }> {
  for (;;) {
    const canShrink = limit > fewestOfPage;
    try {
      const form = canShrink ? { maxBytes: maxPageBytes, rejectsSlow: true } : { attempts: triesOfSmallest };
      return { answer: await ask(limit, form), limit, most };
    } catch (error) {
      const isSlow = error instanceof SlowAnswer;
      if (!canShrink || !(isSlow || error instanceof ResponseTooLarge)) throw error;
      limit = Math.max(fewestOfPage, Math.floor(limit / 4));
      if (isSlow) most = limit;
    }
  }
}
