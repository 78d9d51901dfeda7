import type { BodyBuffers } from './body-buffers';
import {
  damaged,
  keyAt,
  openBrace,
  openBracket,
  skipSpace,
  skipValue,
  visitElements,
  visitMembers,
} from './json-scan';

/** One page of a list, cut but not decoded. */
export interface SplitList {
  /** Slices of the page: they share its memory, and keep it as long as one of them is kept. */
  items: RawItem[];
  /** Token of the next page; absent on the last. */
  continue?: string;
  resourceVersion?: string;
  /** What later pages hold; present when the list has no selector. */
  remainingItemCount?: number;
}

/** One object of a list as the server wrote it. Items of built-in kinds come without apiVersion and kind. */
export interface RawItem {
  json: Buffer;
  hasApiVersion: boolean;
  hasKind: boolean;
}

/**
 * Cuts a list's body into its items without re-encoding, in whatever order its keys come (built-in kinds: metadata
 * first; custom resources: alphabetical, so that items come before the continue token). Throws LifeboatError `corrupt`.
 */
export function splitList(page: Buffer): SplitList {
  const start = skipSpace(page, 0);
  if (page[start] !== openBrace) throw damaged('a list is no object');
  const items: RawItem[] = [];
  let metadata: { continue?: string; resourceVersion?: string; remainingItemCount?: number } = {};
  const end = visitMembers(page, start, (keyStart, keyEnd, valueStart) => {
    const key = keyAt(page, keyStart, keyEnd);
    if (key === 'items' && page[valueStart] === openBracket) {
      return visitElements(page, valueStart, (_, itemStart) => {
        const item = cutItem(page, itemStart);
        items.push(item);
        return itemStart + item.json.length;
      });
    }
    const valueEnd = skipValue(page, valueStart);
    if (key === 'metadata') metadata = parseMetadata(page, valueStart, valueEnd);
    return valueEnd;
  });
  if (skipSpace(page, end) !== page.length) throw damaged('something follows the list');
  const { continue: next, resourceVersion, remainingItemCount } = metadata;
  return {
    items,
    ...(next ? { continue: next } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(typeof remainingItemCount === 'number' ? { remainingItemCount } : {}),
  };
}

/** The object with apiVersion and kind put in front where it has none; its own bytes stay as they are. */
export function completeItem(json: Buffer, apiVersion: string, kind: string): Buffer {
  const item = cutItem(json, skipSpace(json, 0));
  const missing = missingHead(item, apiVersion, kind);
  return missing === '' ? item.json : Buffer.concat([Buffer.from(missing), item.json.subarray(1)]);
}

/**
 * `completeItem` for a whole page: one allocation, which all its items share, and the page is let go. Without `memory`
 * nothing was missing, and the items are still those of the page.
 */
export function completeItems(
  items: readonly RawItem[],
  apiVersion: string,
  kind: string,
  buffers?: BodyBuffers,
): { items: Buffer[]; memory?: Buffer } {
  const heads = new Map<string, Buffer>();
  const headOf = (item: RawItem) => {
    const text = missingHead(item, apiVersion, kind);
    const known = heads.get(text);
    if (known) return known;
    const head = Buffer.from(text);
    heads.set(text, head);
    return head;
  };
  const headed = items.map((item) => ({ item, head: headOf(item) }));
  if (headed.every(({ head }) => head.length === 0)) return { items: items.map(({ json }) => json) };
  const size = headed.reduce((sum, { item, head }) => sum + item.json.length + head.length, 0);
  const memory = buffers?.fit(size) ?? Buffer.allocUnsafe(size);
  let at = 0;
  const completed = headed.map(({ item: { json }, head }) => {
    const start = at;
    at += head.copy(memory, at);
    at += json.copy(memory, at, head.length === 0 ? 0 : 1);
    return memory.subarray(start, at);
  });
  return { items: completed, memory };
}

function missingHead(item: RawItem, apiVersion: string, kind: string): string {
  const head = [
    ...(item.hasApiVersion ? [] : [`"apiVersion":${JSON.stringify(apiVersion)}`]),
    ...(item.hasKind ? [] : [`"kind":${JSON.stringify(kind)}`]),
  ];
  if (head.length === 0) return '';
  const rest = item.json[skipSpace(item.json, 1)] === 0x7d ? '' : ',';
  return `{${head.join(',')}${rest}`;
}

function cutItem(json: Buffer, start: number): RawItem {
  if (json[start] !== openBrace) throw damaged('an item is no object');
  let hasApiVersion = false;
  let hasKind = false;
  const end = visitMembers(json, start, (keyStart, keyEnd, valueStart) => {
    const length = keyEnd - keyStart - 2;
    // Decoding every key would cost more than the whole cut.
    if (length === 4 && json[keyStart + 1] === 0x6b) hasKind ||= keyAt(json, keyStart, keyEnd) === 'kind';
    if (length === 10 && json[keyStart + 1] === 0x61)
      hasApiVersion ||= keyAt(json, keyStart, keyEnd) === 'apiVersion';
    return skipValue(json, valueStart);
  });
  return { json: json.subarray(start, end), hasApiVersion, hasKind };
}

function parseMetadata(page: Buffer, start: number, end: number) {
  try {
    return (JSON.parse(page.toString('utf8', start, end)) ?? {}) as Omit<SplitList, 'items'>;
  } catch {
    throw damaged("the list's metadata cannot be read");
  }
}
