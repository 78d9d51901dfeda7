/** The UTF-8 bytes of a key as one character each, so that `<` compares in the byte order in which OSS lists. */
export function byteOrder(key: string): string {
  return Buffer.from(key, 'utf8').toString('latin1');
}

/** The key of a byte string. */
export function fromByteOrder(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The first byte string after all those that start with `prefix`; undefined when there is none. */
export function after(prefix: string): string | undefined {
  let end = prefix.length;
  while (end > 0 && prefix.charCodeAt(end - 1) === 0xff) end -= 1;
  if (end === 0) return undefined;
  return prefix.slice(0, end - 1) + String.fromCharCode(prefix.charCodeAt(end - 1) + 1);
}

/** Values by key, walked in the byte order of the keys. */
export class KeyIndex<T> {
  readonly #values = new Map<string, T>();
  #sorted: string[] = [];

  get size(): number {
    return this.#sorted.length;
  }

  get(key: string): T | undefined {
    return this.#values.get(byteOrder(key));
  }

  set(key: string, value: T): void {
    const bytes = byteOrder(key);
    if (!this.#values.has(bytes)) this.#sorted.splice(this.#position(bytes), 0, bytes);
    this.#values.set(bytes, value);
  }

  delete(key: string): void {
    const bytes = byteOrder(key);
    if (this.#values.delete(bytes)) this.#sorted.splice(this.#position(bytes), 1);
  }

  /** Fills an empty index at once: sorting beats inserting one by one. */
  load(entries: Iterable<[string, T]>): void {
    for (const [key, value] of entries) this.#values.set(byteOrder(key), value);
    this.#sorted = [...this.#values.keys()].sort((a, b) => (a < b ? -1 : 1));
  }

  /** The first byte string at or after `bytes`, with its value. */
  seek(bytes: string): { bytes: string; value: T } | undefined {
    const found = this.#sorted[this.#position(bytes)];
    return found === undefined ? undefined : { bytes: found, value: this.#values.get(found)! };
  }

  /** The first one after exactly `bytes`. */
  next(bytes: string): { bytes: string; value: T } | undefined {
    return this.seek(`${bytes}\0`);
  }

  #position(bytes: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
