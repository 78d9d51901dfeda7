import { skipSpace } from './json-scan';
import { ItemScanner, type ScannedItem } from './item-scan';

/** An object as the server wrote it, with what selection asks of it, which is read without parsing the object. */
export class ListedItem {
  readonly #page: Buffer;
  readonly #scanned: ScannedItem;
  /** What goes in front of `body`: apiVersion and kind, where the server left them to the list. */
  readonly head: Buffer;

  constructor(page: Buffer, scanned: ScannedItem, head: Buffer) {
    this.#page = page;
    this.#scanned = scanned;
    this.head = head;
  }

  /** Undefined when the object has none that can be read. */
  get name(): string | undefined {
    return this.#scanned.name;
  }

  get namespace(): string | undefined {
    return this.#scanned.namespace;
  }

  /** It has a deletionTimestamp. */
  get beingDeleted(): boolean {
    return this.#scanned.beingDeleted;
  }

  /** JSON behind `head`: bytes of the page, which its items share. The view is made when it is asked for. */
  get body(): Buffer {
    const { start, end } = this.#scanned;
    // The head has an opening brace of its own.
    return this.#page.subarray(start + (this.head.length === 0 ? 0 : 1), end);
  }

  /** Whole JSON, with apiVersion and kind; a copy where they are not in the page. */
  get json(): Buffer {
    return this.head.length === 0 ? this.body : Buffer.concat([this.head, this.body]);
  }

  /** Value of a label. Throws SyntaxError when the labels are not JSON. */
  label(key: string): unknown {
    const { labelsStart, labelsEnd } = this.#scanned;
    if (labelsEnd === 0) return undefined;
    const text = this.#page.toString('utf8', labelsStart, labelsEnd);
    // Most objects are asked in vain, and a search is cheaper than parsing. A key with escapes can only be found by parsing.
    if (!text.includes(key) && !text.includes('\\')) return undefined;
    return (JSON.parse(text) as Record<string, unknown>)[key];
  }
}

/** One object, with apiVersion and kind put in front where it has none. Throws LifeboatError `corrupt`. */
export function completeItem(json: Buffer, apiVersion: string, kind: string): ListedItem {
  const item = new ItemScanner(json).scan(skipSpace(json, 0));
  return completeItems(json, [item], apiVersion, kind)[0]!;
}

/** The objects of a page, each with apiVersion and kind put in front where it has none; its own bytes stay where they are. */
export function completeItems(
  page: Buffer,
  scanned: readonly ScannedItem[],
  apiVersion: string,
  kind: string,
): ListedItem[] {
  const heads = new Heads(apiVersion, kind);
  return scanned.map((item) => new ListedItem(page, item, heads.of(item, page)));
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
