import { keyAt, skipSpace } from './json-scan';
import { ItemScanner, type ItemSpans, SPAN, SPAN_WIDTH } from './item-scan';

/** An object as the server wrote it, with what selection asks of it, which is read without parsing the object. */
export class ListedItem {
  readonly #page: Buffer;
  readonly #spans: ItemSpans;
  /** Where its numbers begin. */
  readonly #at: number;

  constructor(
    page: Buffer,
    spans: ItemSpans,
    at: number,
    /** What goes in front of `body`: apiVersion and kind, where the server left them to the list. */
    readonly head: Buffer,
    /** Undefined when the object has none that can be read. */
    readonly name: string | undefined,
    readonly namespace: string | undefined,
  ) {
    this.#page = page;
    this.#spans = spans;
    this.#at = at;
  }

  /** It has a deletionTimestamp. */
  get beingDeleted(): boolean {
    return this.#spans[this.#at + SPAN.beingDeleted] === 1;
  }

  /** JSON behind `head`: bytes of the page, which its items share. The view is made when it is asked for. */
  get body(): Buffer {
    const start = this.#spans[this.#at + SPAN.start]!;
    // The head has an opening brace of its own.
    return this.#page.subarray(start + (this.head.length === 0 ? 0 : 1), this.#spans[this.#at + SPAN.end]);
  }

  /** Whole JSON, with apiVersion and kind; a copy where they are not in the page. */
  get json(): Buffer {
    return this.head.length === 0 ? this.body : Buffer.concat([this.head, this.body]);
  }

  /** Value of a label. Throws SyntaxError when the labels are not JSON. */
  label(key: string): unknown {
    const end = this.#spans[this.#at + SPAN.labelsEnd]!;
    if (end === 0) return undefined;
    const text = this.#page.toString('utf8', this.#spans[this.#at + SPAN.labels], end);
    // Most objects are asked in vain, and a search is cheaper than parsing. A key with escapes can only be found by parsing.
    if (!text.includes(key) && !text.includes('\\')) return undefined;
    return (JSON.parse(text) as Record<string, unknown>)[key];
  }
}

/** The objects of a page, each with apiVersion and kind put in front where it has none; its own bytes stay where they are. */
export class ListedItems implements Iterable<ListedItem> {
  readonly length: number;

  constructor(
    private readonly page: Buffer,
    private readonly spans: ItemSpans,
    private readonly apiVersion: string,
    private readonly kind: string,
  ) {
    this.length = spans.length / SPAN_WIDTH;
  }

  *[Symbol.iterator](): Iterator<ListedItem> {
    const { page, spans } = this;
    const heads = new Heads(this.apiVersion, this.kind);
    const namespaces = new SameTexts(page);
    for (let at = 0; at < spans.length; at += SPAN_WIDTH) {
      const name = textAt(page, spans[at + SPAN.name]!, spans[at + SPAN.nameEnd]!);
      const namespace = namespaces.at(spans[at + SPAN.namespace]!, spans[at + SPAN.namespaceEnd]!);
      yield new ListedItem(page, spans, at, heads.of(page, spans, at), name, namespace);
    }
  }
}

/** One object, with apiVersion and kind put in front where it has none. Throws LifeboatError `corrupt`. */
export function completeItem(json: Buffer, apiVersion: string, kind: string): ListedItem {
  const scanner = new ItemScanner(json);
  scanner.scan(skipSpace(json, 0));
  const [item] = new ListedItems(json, scanner.spans, apiVersion, kind);
  return item!;
}

/** What goes in front of an object: one of few texts for all of a page. */
class Heads {
  readonly #known = new Map<number, Buffer>();

  constructor(
    private readonly apiVersion: string,
    private readonly kind: string,
  ) {}

  of(page: Buffer, spans: ItemSpans, at: number): Buffer {
    const hasApiVersion = spans[at + SPAN.hasApiVersion]!;
    const hasKind = spans[at + SPAN.hasKind]!;
    if (hasApiVersion === 1 && hasKind === 1) return nothing;
    const isEmpty = page[skipSpace(page, spans[at + SPAN.start]! + 1)] === 0x7d;
    const which = hasApiVersion + 2 * hasKind + (isEmpty ? 4 : 0);
    let head = this.#known.get(which);
    if (!head) {
      const members = [
        ...(hasApiVersion === 1 ? [] : [`"apiVersion":${JSON.stringify(this.apiVersion)}`]),
        ...(hasKind === 1 ? [] : [`"kind":${JSON.stringify(this.kind)}`]),
      ];
      head = Buffer.from(`{${members.join(',')}${isEmpty ? '' : ','}`);
      this.#known.set(which, head);
    }
    return head;
  }
}

const nothing = Buffer.alloc(0);

/** Texts of a page, most of which are the one before: the namespaces, which need not be decoded again. */
class SameTexts {
  #start = 0;
  #end = 0;
  #text: string | undefined;

  constructor(private readonly page: Buffer) {}

  at(start: number, end: number): string | undefined {
    if (!isSame(this.page, start, end, this.#start, this.#end)) {
      this.#text = textAt(this.page, start, end);
      this.#start = start;
      this.#end = end;
    }
    return this.#text;
  }
}

/** Undefined where there is none, or none that can be read. */
function textAt(page: Buffer, start: number, end: number): string | undefined {
  if (end === 0) return undefined;
  try {
    return keyAt(page, start, end);
  } catch {
    return undefined;
  }
}

function isSame(page: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let at = start, other = otherStart; at < end; at++, other++)
    if (page[at] !== page[other]) return false;
  return true;
}
