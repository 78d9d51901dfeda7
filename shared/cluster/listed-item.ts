import type { BodyBuffers } from './body-buffers';
import { skipSpace } from './json-scan';
import { ItemScanner, type ScannedItem } from './item-scan';

/** An object as the server wrote it, with what selection asks of it, which is read without parsing the object. */
export class ListedItem {
  readonly #memory: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #labelsStart: number;
  readonly #labelsEnd: number;
  /** Undefined when the object has none that can be read. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** It has a deletionTimestamp. */
  readonly beingDeleted: boolean;

  /** @param scanned with the indexes that it had where it was scanned; its end is now at `end` of `memory` */
  constructor(memory: Buffer, start: number, end: number, scanned: ScannedItem) {
    const shift = end - scanned.end;
    this.#memory = memory;
    this.#start = start;
    this.#end = end;
    this.#labelsStart = scanned.labelsStart + shift;
    this.#labelsEnd = scanned.labelsEnd === 0 ? this.#labelsStart : scanned.labelsEnd + shift;
    this.name = scanned.name;
    this.namespace = scanned.namespace;
    this.beingDeleted = scanned.beingDeleted;
  }

  /** Whole JSON, with apiVersion and kind. Items of a page share memory, and the view of it is made when it is asked for. */
  get json(): Buffer {
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Value of a label. Throws SyntaxError when the labels are not JSON. */
  label(key: string): unknown {
    if (this.#labelsEnd === this.#labelsStart) return undefined;
    const text = this.#memory.toString('utf8', this.#labelsStart, this.#labelsEnd);
    // Most objects are asked in vain, and a search is cheaper than parsing. A key with escapes can only be found by parsing.
    if (!text.includes(key) && !text.includes('\\')) return undefined;
    return (JSON.parse(text) as Record<string, unknown>)[key];
  }
}

/** One object, with apiVersion and kind put in front where it has none. Throws LifeboatError `corrupt`. */
export function completeItem(json: Buffer, apiVersion: string, kind: string): ListedItem {
  const item = new ItemScanner(json).scan(skipSpace(json, 0));
  return completeItems(json, [item], apiVersion, kind).items[0]!;
}

/**
 * The objects of a page, each with apiVersion and kind put in front where it has none; its own bytes stay as they are. Where
 * something was missing all are copied into one allocation, `memory`, and the page is let go; else they are those of the page.
 */
export function completeItems(
  page: Buffer,
  scanned: readonly ScannedItem[],
  apiVersion: string,
  kind: string,
  buffers?: BodyBuffers,
): { items: ListedItem[]; memory?: Buffer } {
  const heads = new Heads(apiVersion, kind);
  let size = 0;
  let missing = false;
  for (const item of scanned) {
    const head = heads.of(item, page);
    size += item.end - item.start + head.length;
    missing ||= head.length > 0;
  }
  if (!missing) return { items: scanned.map((item) => new ListedItem(page, item.start, item.end, item)) };
  const memory = buffers?.fit(size) ?? Buffer.allocUnsafe(size);
  let at = 0;
  const items = scanned.map((item) => {
    const head = heads.of(item, page);
    const start = at;
    at += head.copy(memory, at);
    // The head has an opening brace of its own.
    at += page.copy(memory, at, item.start + (head.length === 0 ? 0 : 1), item.end);
    return new ListedItem(memory, start, at, item);
  });
  return { items, memory };
}

/** What goes in front of an object: one of few texts for all of a page. */
class Heads {
  readonly #known = new Map<number, Buffer>();

  constructor(
    private readonly apiVersion: string,
    private readonly kind: string,
  ) {}

  of({ start, hasApiVersion, hasKind }: ScannedItem, page: Buffer): Buffer {
    if (hasApiVersion && hasKind) return nothing;
    const isEmpty = page[skipSpace(page, start + 1)] === 0x7d;
    const which = (hasApiVersion ? 1 : 0) + (hasKind ? 2 : 0) + (isEmpty ? 4 : 0);
    let head = this.#known.get(which);
    if (!head) {
      const members = [
        ...(hasApiVersion ? [] : [`"apiVersion":${JSON.stringify(this.apiVersion)}`]),
        ...(hasKind ? [] : [`"kind":${JSON.stringify(this.kind)}`]),
      ];
      head = Buffer.from(`{${members.join(',')}${isEmpty ? '' : ','}`);
      this.#known.set(which, head);
    }
    return head;
  }
}

const nothing = Buffer.alloc(0);
