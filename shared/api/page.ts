import * as v from 'valibot';
import { Problem } from './problem';

/** How much of a list is wanted, in Kubernetes' words. */
export const pageQuery = {
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500), v.description('At most so many items')),
    100,
  ),
  continue: v.optional(
    v.pipe(v.string(), v.maxLength(2048), v.description('`metadata.continue` of the page before')),
  ),
};

/** A page of a list, and how to ask for the next one. */
export interface Page<T> {
  metadata: { continue?: string };
  items: T[];
}

export interface PageQuery {
  limit: number;
  continue?: string;
}

/**
 * A place in a list is told by the last thing before it, never by a number, so that nothing is shown twice or passed over
 * when others come and go meanwhile. Throws a problem 400 for what is no such place.
 */
export function placeIn(token: string | undefined, parts: number): string[] | undefined {
  if (token === undefined) return undefined;
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(place) && place.length === parts && place.every((part) => typeof part === 'string'))
      return place as string[];
  } catch {
    // Said below, as for a place of another list.
  }
  throw noPlace();
}

/** Of a list that never changes, a number tells a place: 0 is the first. Throws as `placeIn`. */
export function numberedPlaceIn(token: string | undefined): number {
  const [text = '0'] = placeIn(token, 1) ?? [];
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw noPlace();
}

function noPlace(): Problem {
  return new Problem(400, 'the query: continue is no place in this list', {
    hint: 'take it from metadata.continue of the page before, or leave it out for the first',
  });
}

/** The token of a place. */
export function continueAt(...place: string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** A page of what is sorted by a name that is its own. */
export async function pageOf<T>(
  sorted: readonly T[] | AsyncIterable<T>,
  nameOf: (item: T) => string,
  { limit, continue: token }: PageQuery,
): Promise<Page<T>> {
  const [after] = placeIn(token, 1) ?? [];
  const items: T[] = [];
  for await (const item of sorted) {
    if (after !== undefined && nameOf(item) <= after) continue;
    if (items.length === limit) return { metadata: { continue: continueAt(nameOf(items.at(-1)!)) }, items };
    items.push(item);
  }
  return { metadata: {}, items };
}
