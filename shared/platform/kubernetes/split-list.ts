import { isItems } from './answer-head';
import { type ItemSpans, ItemScanner } from './item-scan';
import { damaged, keyAt, openBrace, openBracket, skipSpace, skipValue, visitMembers } from './json-scan';

const quote = 0x22;

/** One page of a list, cut but not decoded. */
export interface SplitList {
  /** Where they stand. */
  items: ItemSpans;
  /** Token of the next page; absent on the last. */
  continue?: string;
  resourceVersion?: string;
  /** What later pages hold; present when the list has no selector. */
  remainingItemCount?: number;
  kind?: string;
  apiVersion?: string;
  hasItems: boolean;
}

/**
 * Cuts a list's body into its items without re-encoding, in whatever order its keys come (built-in kinds: metadata
 * first; custom resources: alphabetical, so that items come before the continue token). Throws LifeboatError `corrupt`.
 */
export function splitList(page: Buffer): SplitList {
  const start = skipSpace(page, 0);
  if (page[start] !== openBrace) throw damaged('a list is no object');
  const scanner = new ItemScanner(page);
  let metadata: { continue?: string; resourceVersion?: string; remainingItemCount?: number } = {};
  const head: Pick<SplitList, 'kind' | 'apiVersion' | 'hasItems'> = { hasItems: false };
  const end = visitMembers(page, start, (keyStart, keyEnd, valueStart) => {
    const key = keyAt(page, keyStart, keyEnd);
    if (key === 'items' && page[valueStart] === openBracket) {
      head.hasItems = true;
      return scanner.scanAll(valueStart);
    }
    const valueEnd = skipValue(page, valueStart);
    if (key === 'metadata') metadata = parseMetadata(page, valueStart, valueEnd);
    else if (key === 'items') head.hasItems = isItems(page, valueStart, valueEnd);
    else if ((key === 'kind' || key === 'apiVersion') && page[valueStart] === quote)
      head[key] = keyAt(page, valueStart, valueEnd);
    return valueEnd;
  });
  if (skipSpace(page, end) !== page.length) throw damaged('something follows the list');
  const { continue: next, resourceVersion, remainingItemCount } = metadata;
  return {
    items: scanner.spans,
    ...head,
    ...(next ? { continue: next } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(typeof remainingItemCount === 'number' ? { remainingItemCount } : {}),
  };
}

function parseMetadata(page: Buffer, start: number, end: number) {
  try {
    return (JSON.parse(page.toString('utf8', start, end)) ?? {}) as Omit<SplitList, 'items'>;
  } catch {
    throw damaged("the list's metadata cannot be read");
  }
}
