import { LifeboatError } from '../errors';

/** Pages in a row that may name nothing; OSS has not been seen to send one. */
const emptyPages = 100;
/** Uploads of one key that one listing goes through, in pages of 1,000. */
const sameKeyPages = 1_000;

/**
 * OSS lists in the byte order of the keys, so each page goes on behind the one before. A server that repeats itself would
 * otherwise be listed for ever.
 */
export class ListingOrder {
  #last: Buffer | undefined;
  #without = 0;

  constructor(private readonly name: string) {}

  /** A page that is not the last. Throws `unavailable` when it names nothing behind the pages before. */
  next(keys: readonly string[], same = false): void {
    const greatest = keys.map((key) => Buffer.from(key)).reduce<Buffer | undefined>(later, undefined);
    const further = greatest !== undefined && (this.#last === undefined || greatest.compare(this.#last) > 0);
    this.#without = further ? 0 : this.#without + 1;
    if (greatest !== undefined && !further && !same) throw circular(this.name);
    if (this.#without > (same ? sameKeyPages : emptyPages)) throw circular(this.name);
    if (further) this.#last = greatest;
  }
}

function later(a: Buffer | undefined, b: Buffer): Buffer {
  return a !== undefined && a.compare(b) > 0 ? a : b;
}

/** The error of a list that repeats itself. */
export function circular(name: string): LifeboatError {
  return new LifeboatError('unavailable', `The list of ${name} does not come nearer to its end`, {
    hint: 'something else answers in the place of OSS: check the endpoint and any proxy',
  });
}
