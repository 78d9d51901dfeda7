import {
  damaged,
  isPlainKey,
  keyAt,
  openBrace,
  skipString,
  skipValue,
  visitElements,
  visitMembers,
} from './json-scan';

const quote = 0x22;

/** Where things stand in an object of a page: indexes of the page, 0 where there is no such thing. */
export interface ScannedItem {
  start: number;
  end: number;
  hasApiVersion: boolean;
  hasKind: boolean;
  /** `metadata.name`; undefined where it is no text. */
  name: string | undefined;
  namespace: string | undefined;
  /** It has a `metadata.deletionTimestamp`. */
  beingDeleted: boolean;
  /** `metadata.labels`. */
  labelsStart: number;
  labelsEnd: number;
}

/**
 * Reads the objects of a page in one pass over its bytes: where each ends, and of its metadata what selection asks for. API
 * servers write these keys without escapes; an object whose keys have some counts as one without a name. Of a key that is
 * there twice the last counts, as for JSON.parse.
 */
export class ItemScanner {
  readonly #page: Buffer;
  #item!: ScannedItem;
  /** Where the namespace before stands: most objects of a page are in the same, and its text need not be decoded again. */
  #lastNamespace = { start: 0, end: 0, text: '' };

  constructor(page: Buffer) {
    this.#page = page;
  }

  /** The object that opens at `start`; throws LifeboatError `corrupt` where none does, or where it does not end. */
  scan(start: number): ScannedItem {
    if (this.#page[start] !== openBrace) throw damaged('an item is no object');
    this.#item = {
      start,
      end: 0,
      hasApiVersion: false,
      hasKind: false,
      name: undefined,
      namespace: undefined,
      beingDeleted: false,
      labelsStart: 0,
      labelsEnd: 0,
    };
    this.#item.end = visitMembers(this.#page, start, this.#member);
    return this.#item;
  }

  /** The objects of the array that opens at `start`, added to `items`; gives the index behind the array. */
  scanAll(start: number, items: ScannedItem[]): number {
    return visitElements(this.#page, start, (_, itemStart) => {
      const item = this.scan(itemStart);
      items.push(item);
      return item.end;
    });
  }

  readonly #member = (keyStart: number, keyEnd: number, valueStart: number): number => {
    const page = this.#page;
    if (isPlainKey(page, keyStart, keyEnd, 'kind')) this.#item.hasKind = true;
    else if (isPlainKey(page, keyStart, keyEnd, 'apiVersion')) this.#item.hasApiVersion = true;
    else if (page[valueStart] === openBrace && isPlainKey(page, keyStart, keyEnd, 'metadata'))
      return visitMembers(page, valueStart, this.#metadata);
    return skipValue(page, valueStart);
  };

  readonly #metadata = (keyStart: number, keyEnd: number, valueStart: number): number => {
    const page = this.#page;
    const item = this.#item;
    if (page[valueStart] === quote) {
      const end = skipString(page, valueStart);
      if (isPlainKey(page, keyStart, keyEnd, 'name')) item.name = textAt(page, valueStart, end);
      else if (isPlainKey(page, keyStart, keyEnd, 'namespace'))
        item.namespace = this.#namespace(valueStart, end);
      else if (isPlainKey(page, keyStart, keyEnd, 'deletionTimestamp')) item.beingDeleted = true;
      return end;
    }
    const end = skipValue(page, valueStart);
    if (page[valueStart] === openBrace && isPlainKey(page, keyStart, keyEnd, 'labels')) {
      item.labelsStart = valueStart;
      item.labelsEnd = end;
    }
    return end;
  };

  #namespace(start: number, end: number): string | undefined {
    const last = this.#lastNamespace;
    if (isSame(this.#page, start, end, last.start, last.end)) return last.text;
    const text = textAt(this.#page, start, end);
    if (text !== undefined) this.#lastNamespace = { start, end, text };
    return text;
  }
}

function textAt(page: Buffer, start: number, end: number): string | undefined {
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
