/** Names that a person reads; the number says how many more there are. */
export const mostMentioned = 5;

/** Objects that have something in common, counted, the first few by name. */
export class Mentions {
  readonly #of = new Map<string, { count: number; objects: string[] }>();

  add(key: string, object: string): void {
    const entry = this.#of.get(key) ?? { count: 0, objects: [] };
    this.#of.set(key, entry);
    entry.count += 1;
    if (entry.objects.length < mostMentioned) entry.objects.push(object);
  }

  entries(): IterableIterator<[string, { count: number; objects: string[] }]> {
    return this.#of.entries();
  }
}
