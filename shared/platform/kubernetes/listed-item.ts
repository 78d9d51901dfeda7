import { keyAt, skipSpace } from './json-scan';
import { ItemScanner, type ItemSpans, span, spanWidth } from './item-scan';
import { isPlainText } from './plain-json';

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
    /**
     * True where the scan has shown that JSON.parse takes the object, and finds in it this name and namespace, and the kind and
     * apiVersion of its list. Anything may be wrong with another, and nothing need be.
     */
    readonly proved: boolean,
  ) {
    this.#page = page;
    this.#spans = spans;
    this.#at = at;
  }

  /** It has a deletionTimestamp. */
  get beingDeleted(): boolean {
    return this.#spans[this.#at + span.beingDeleted] === 1;
  }

  /** JSON behind `head`: bytes of the page, which its items share. The view is made when it is asked for. */
  get body(): Buffer {
    const start = this.#spans[this.#at + span.start]!;
    // The head has an opening brace of its own.
    return this.#page.subarray(start + (this.head.length === 0 ? 0 : 1), this.#spans[this.#at + span.end]);
  }

  /** Bytes of `json`. */
  get size(): number {
    const bytes = this.#spans[this.#at + span.end]! - this.#spans[this.#at + span.start]!;
    return this.head.length === 0 ? bytes : this.head.length - 1 + bytes;
  }

  /** Whole JSON, with apiVersion and kind; a copy where they are not in the page. */
  get json(): Buffer {
    return this.head.length === 0 ? this.body : Buffer.concat([this.head, this.body]);
  }

  /** Value of a label; undefined where the labels are not JSON. */
  label(key: string): unknown {
    const text = this.#labelsText();
    // Most objects are asked in vain, and a search is cheaper than parsing. A key with escapes can only be found by parsing.
    return text.includes(key) || text.includes('\\') ? parsedMap(text)[key] : undefined;
  }

  /** All labels; none where they are not JSON. */
  get labels(): Record<string, string> {
    return parsedMap(this.#labelsText()) as Record<string, string>;
  }

  #labelsText(): string {
    const end = this.#spans[this.#at + span.labelsEnd]!;
    return end === 0 ? '' : this.#page.toString('utf8', this.#spans[this.#at + span.labels], end);
  }
}

function parsedMap(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
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
    this.length = spans.length / spanWidth;
  }

  /** Name and namespace of the last object, without a look at the others; undefined where there is none. */
  get last(): { name?: string; namespace?: string } | undefined {
    const { page, spans } = this;
    const at = spans.length - spanWidth;
    if (at < 0) return undefined;
    return {
      name: textAt(page, spans[at + span.name]!, spans[at + span.nameEnd]!),
      namespace: textAt(page, spans[at + span.namespace]!, spans[at + span.namespaceEnd]!),
    };
  }

  *[Symbol.iterator](): Iterator<ListedItem> {
    const { page, spans } = this;
    const heads = new Heads(this.apiVersion, this.kind);
    const namespaces = new SameTexts(page);
    const isPlain = isPlainText(
      page,
      spans[span.start] ?? 0,
      spans[spans.length - spanWidth + span.end] ?? 0,
    );
    for (let at = 0; at < spans.length; at += spanWidth) {
      const name = textAt(page, spans[at + span.name]!, spans[at + span.nameEnd]!);
      // Some servers write an empty one where there is none.
      const namespace =
        namespaces.at(spans[at + span.namespace]!, spans[at + span.namespaceEnd]!) || undefined;
      const proved = isPlain && spans[at + span.doubtful] === 0 && heads.fit(page, spans, at);
      yield new ListedItem(page, spans, at, heads.of(page, spans, at), name, namespace, proved);
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
  readonly #apiVersion: Buffer;
  readonly #kind: Buffer;

  constructor(
    private readonly apiVersion: string,
    private readonly kind: string,
  ) {
    this.#apiVersion = Buffer.from(JSON.stringify(apiVersion));
    this.#kind = Buffer.from(JSON.stringify(kind));
  }

  /** Whether the object is of the API version and kind, or does not say. */
  fit(page: Buffer, spans: ItemSpans, at: number): boolean {
    return (
      isAbsentOr(this.#apiVersion, page, spans[at + span.apiVersion]!, spans[at + span.apiVersionEnd]!) &&
      isAbsentOr(this.#kind, page, spans[at + span.kind]!, spans[at + span.kindEnd]!)
    );
  }

  of(page: Buffer, spans: ItemSpans, at: number): Buffer {
    const hasApiVersion = spans[at + span.apiVersion] === 0 ? 0 : 1;
    const hasKind = spans[at + span.kind] === 0 ? 0 : 1;
    if (hasApiVersion === 1 && hasKind === 1) return nothing;
    const isEmpty = page[skipSpace(page, spans[at + span.start]! + 1)] === 0x7d;
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

function isAbsentOr(text: Buffer, page: Buffer, start: number, end: number): boolean {
  return end === 0 || isSame(page, start, end, 0, text.length, text);
}

function isSame(
  page: Buffer,
  start: number,
  end: number,
  otherStart: number,
  otherEnd: number,
  otherPage = page,
): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let at = start, other = otherStart; at < end; at++, other++)
    if (page[at] !== otherPage[other]) return false;
  return true;
}
