import {
  damaged,
  isPlainKey,
  openBrace,
  skipString,
  skipValue,
  visitElements,
  visitMembers,
} from './json-scan';

const quote = 0x22;

/**
 * Where things stand in the objects of a page: so many numbers for each, indexes of the page, 0 where there is no such thing.
 * Flat, because the objects of a page wait together until it is their turn: an object of our own for each of them would be
 * copied by V8's collector, and then outlive the page.
 */
export type ItemSpans = number[];

export const SPAN = {
  start: 0,
  end: 1,
  /** `metadata.name`, with its quotes, as the others that are texts; the end of each stands behind its start. */
  name: 2,
  nameEnd: 3,
  namespace: 4,
  namespaceEnd: 5,
  /** `metadata.labels`. */
  labels: 6,
  labelsEnd: 7,
  /** 1 for each. */
  hasApiVersion: 8,
  hasKind: 9,
  /** It has a `metadata.deletionTimestamp`. */
  beingDeleted: 10,
} as const;

/** Numbers for each object. */
export const SPAN_WIDTH = 11;

/**
 * Reads the objects of a page in one pass over its bytes: where each ends, and of its metadata what selection asks for. API
 * servers write these keys without escapes; an object whose keys have some counts as one without a name. Of a key that is
 * there twice the last counts, as for JSON.parse.
 */
export class ItemScanner {
  readonly #page: Buffer;
  /** Of the objects so far. */
  readonly spans: ItemSpans = [];
  /** Where the numbers of the present one begin. */
  #at = 0;

  constructor(page: Buffer) {
    this.#page = page;
  }

  /** The object that opens at `start`; gives the index behind it. Throws LifeboatError `corrupt` where none does, or where it does not end. */
  scan(start: number): number {
    if (this.#page[start] !== openBrace) throw damaged('an item is no object');
    this.#at = this.spans.length;
    this.spans.push(start, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const end = visitMembers(this.#page, start, this.#member);
    this.spans[this.#at + SPAN.end] = end;
    return end;
  }

  /** The objects of the array that opens at `start`; gives the index behind the array. */
  scanAll(start: number): number {
    return visitElements(this.#page, start, (_, itemStart) => this.scan(itemStart));
  }

  readonly #member = (keyStart: number, keyEnd: number, valueStart: number): number => {
    const page = this.#page;
    if (isPlainKey(page, keyStart, keyEnd, 'kind')) this.spans[this.#at + SPAN.hasKind] = 1;
    else if (isPlainKey(page, keyStart, keyEnd, 'apiVersion')) this.spans[this.#at + SPAN.hasApiVersion] = 1;
    else if (page[valueStart] === openBrace && isPlainKey(page, keyStart, keyEnd, 'metadata'))
      return visitMembers(page, valueStart, this.#metadata);
    return skipValue(page, valueStart);
  };

  readonly #metadata = (keyStart: number, keyEnd: number, valueStart: number): number => {
    const page = this.#page;
    if (page[valueStart] === quote) {
      const end = skipString(page, valueStart);
      if (isPlainKey(page, keyStart, keyEnd, 'name')) this.#note(SPAN.name, valueStart, end);
      else if (isPlainKey(page, keyStart, keyEnd, 'namespace')) this.#note(SPAN.namespace, valueStart, end);
      else if (isPlainKey(page, keyStart, keyEnd, 'deletionTimestamp'))
        this.spans[this.#at + SPAN.beingDeleted] = 1;
      return end;
    }
    const end = skipValue(page, valueStart);
    if (page[valueStart] === openBrace && isPlainKey(page, keyStart, keyEnd, 'labels'))
      this.#note(SPAN.labels, valueStart, end);
    return end;
  };

  #note(what: number, start: number, end: number): void {
    this.spans[this.#at + what] = start;
    this.spans[this.#at + what + 1] = end;
  }
}
