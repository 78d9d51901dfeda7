/** Velero 1.18's patterns for names: `*`, `?` and `[abc]`; anything else stands for itself. */
export function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === name;
  const source = pattern.replace(/\[[^\]]*\]|[\\^$.|()+{}*?[\]]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace(/\\/g, '\\\\') : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's').test(name);
}

/** Includes and excludes as Velero reads them: an exclude beats an include, no includes are all (pkg/util/collections). */
export class NameFilter {
  readonly #included: readonly string[];
  readonly #excluded: readonly string[];
  readonly #known = new Map<string, boolean>();

  constructor(included: readonly string[] = [], excluded: readonly string[] = []) {
    this.#included = included;
    this.#excluded = excluded;
  }

  /** True when nothing is left out. */
  get everything(): boolean {
    return this.#excluded.length === 0 && (this.#included.length === 0 || this.#included.includes('*'));
  }

  /** True when the name itself, not a pattern, is in the includes. */
  names(name: string): boolean {
    return this.#included.includes(name);
  }

  accepts(name: string): boolean {
    let known = this.#known.get(name);
    if (known === undefined) {
      known =
        !this.#excluded.some((pattern) => matchesPattern(pattern, name)) &&
        (this.#included.length === 0 || this.#included.some((pattern) => matchesPattern(pattern, name)));
      this.#known.set(name, known);
    }
    return known;
  }
}
