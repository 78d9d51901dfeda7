import { damaged, isPlainKey, openBrace, skipValue, visitElements, visitMembers } from './json-scan';
import { PlainJson } from './plain-json';

const quote = 0x22;
const backslash = 0x5c;

/**
 * Where things stand in the objects of a page: so many numbers for each, indexes of the page, 0 where there is no such thing.
 * Flat, because the objects of a page wait together until it is their turn: an object of our own for each of them would be
 * copied by V8's collector, and then outlive the page.
 */
export type ItemSpans = number[];

export const span = {
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
  /** Of any type, as they stand. */
  apiVersion: 8,
  apiVersionEnd: 9,
  kind: 10,
  kindEnd: 11,
  /** 1 where it has a `metadata.deletionTimestamp`. */
  beingDeleted: 12,
  /** 1 where the scan did not prove that JSON.parse takes the object and reads in it what stands here. */
  doubtful: 13,
} as const;

/** Numbers for each object. */
export const spanWidth = 14;

/** Brackets within brackets in an object beyond which the scan proves nothing. */
const provedDepth = 200;

/**
 * Reads the objects of a page in one pass over its bytes: where each ends, and of its metadata what selection asks for. API
 * servers write these keys without escapes; an object whose keys have some counts as one without a name. Of a key that is
 * there twice the last counts, as for JSON.parse. An object that is written in any unusual way is marked as doubtful.
 */
export class ItemScanner {
  readonly #page: Buffer;
  /** Of the objects so far. */
  readonly spans: ItemSpans = [];
  /** Where the numbers of the present one begin. */
  #at = 0;
  #hasMetadata = false;
  readonly #plain = new PlainJson(provedDepth);

  constructor(page: Buffer) {
    this.#page = page;
  }

  /** The object that opens at `start`; gives the index behind it. Throws LifeboatError `corrupt` where none does, or where it does not end. */
  scan(start: number): number {
    if (this.#page[start] !== openBrace) throw damaged('an item is no object');
    this.#at = this.spans.length;
    this.#hasMetadata = false;
    this.spans.push(start, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const end = visitMembers(this.#page, start, this.#member);
    this.spans[this.#at + span.end] = end;
    return end;
  }

  /** The objects of the array that opens at `start`; gives the index behind the array. */
  scanAll(start: number): number {
    return visitElements(this.#page, start, (_, itemStart) => this.scan(itemStart));
  }

  readonly #member = (keyStart: number, keyEnd: number, valueStart: number): number => {
    const page = this.#page;
    if (page[valueStart] === openBrace && isPlainKey(page, keyStart, keyEnd, 'metadata')) {
      // Of metadata that is there twice both leave their names here.
      if (this.#hasMetadata) this.#doubt();
      this.#hasMetadata = true;
      return visitMembers(page, valueStart, this.#metadata);
    }
    const end = this.#skip(keyStart, valueStart, 1);
    if (isPlainKey(page, keyStart, keyEnd, 'kind')) this.#note(span.kind, valueStart, end);
    else if (isPlainKey(page, keyStart, keyEnd, 'apiVersion')) this.#note(span.apiVersion, valueStart, end);
    else if (isPlainKey(page, keyStart, keyEnd, 'metadata')) this.#doubt();
    return end;
  };

  readonly #metadata = (keyStart: number, keyEnd: number, valueStart: number): number => {
    const page = this.#page;
    const end = this.#skip(keyStart, valueStart, 2);
    if (page[valueStart] === quote) {
      if (isPlainKey(page, keyStart, keyEnd, 'name')) this.#note(span.name, valueStart, end);
      else if (isPlainKey(page, keyStart, keyEnd, 'namespace')) this.#note(span.namespace, valueStart, end);
      else if (isPlainKey(page, keyStart, keyEnd, 'deletionTimestamp'))
        this.spans[this.#at + span.beingDeleted] = 1;
    } else if (page[valueStart] === openBrace) {
      if (isPlainKey(page, keyStart, keyEnd, 'labels')) this.#note(span.labels, valueStart, end);
    } else if (isPlainKey(page, keyStart, keyEnd, 'name') || isPlainKey(page, keyStart, keyEnd, 'namespace'))
      this.#doubt();
    return end;
  };

  /** Index behind a value; the object is doubtful where the value, or its key, is not plainly JSON. */
  #skip(keyStart: number, valueStart: number, around: number): number {
    const page = this.#page;
    const end = this.#plain.skip(page, valueStart, around);
    if (end < 0 || hasEscape(page, keyStart)) this.#doubt();
    return end < 0 ? skipValue(page, valueStart) : end;
  }

  #doubt(): void {
    this.spans[this.#at + span.doubtful] = 1;
  }

  #note(what: number, start: number, end: number): void {
    if (this.spans[this.#at + what] !== 0) this.#doubt();
    this.spans[this.#at + what] = start;
    this.spans[this.#at + what + 1] = end;
  }
}

/** Whether a backslash stands in the key that begins at `start`. */
function hasEscape(page: Buffer, start: number): boolean {
  for (let at = start + 1; page[at] !== quote; at++) if (page[at] === backslash) return true;
  return false;
}
