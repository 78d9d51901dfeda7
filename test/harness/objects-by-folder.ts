/** Objects by key, found by prefix without a look at all of them. */
export class ObjectsByFolder<T> extends Map<string, T> {
  /** By each prefix of a key that ends in a slash: what follows up to the next one, and how many keys begin so. */
  readonly #folders = new Map<string, Map<string, number>>();

  override set(key: string, value: T): this {
    if (!this.has(key)) this.#count(key, 1);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    if (this.has(key)) this.#count(key, -1);
    return super.delete(key);
  }

  override clear(): void {
    this.#folders.clear();
    super.clear();
  }

  /** The keys that begin with `prefix`, in no order. */
  *under(prefix: string): Generator<string> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for (const name of this.#folders.get(folder)?.keys() ?? []) {
      const key = folder + name;
      if (!key.startsWith(prefix)) continue;
      if (name.endsWith('/')) yield* this.under(key);
      else yield key;
    }
  }

  #count(key: string, by: 1 | -1): void {
    let folder = '';
    for (const name of key.split(/(?<=\/)/)) {
      const names = this.#folders.get(folder) ?? new Map<string, number>();
      this.#folders.set(folder, names);
      const left = (names.get(name) ?? 0) + by;
      if (left > 0) names.set(name, left);
      else names.delete(name);
      folder += name;
    }
  }
}
