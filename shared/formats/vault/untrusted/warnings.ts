const most = 100;

/** Keeps the first hundred warnings and the number of the rest: a hostile archive can give millions. */
export class Warnings {
  readonly #kept: string[] = [];
  #rest = 0;

  add(message: string): void {
    if (this.#kept.length < most) this.#kept.push(message);
    else this.#rest += 1;
  }

  get list(): readonly string[] {
    return this.#rest === 0 ? this.#kept : [...this.#kept, `and ${this.#rest} more warnings of this kind`];
  }
}
