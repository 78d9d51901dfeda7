/** How far the lists of a backup are, and how many objects they may bring in the end. */
export class ListAccount {
  #begun = 0;
  readonly #toCome = new Map<object, number>();

  /** @param lists how many are to be read */
  constructor(private readonly lists: number) {}

  begin(): void {
    this.#begun += 1;
  }

  /** @param objects what is still to come of a list that was begun */
  expect(list: object, objects: number): void {
    if (objects > 0) this.#toCome.set(list, objects);
    else this.#toCome.delete(list);
  }

  /**
   * How many objects there may be, from `done` and what the lists said: as if those to be begun were like the others. Undefined
   * while nothing is known.
   */
  estimate(done: number): number | undefined {
    let known = done;
    for (const objects of this.#toCome.values()) known += objects;
    return known > 0 && this.#begun > 0 ? Math.ceil((known * this.lists) / this.#begun) : undefined;
  }
}
