import { isLiteral, matcher, type Matcher } from './glob';

/** An include and an exclude list: exclude wins, an empty include list or `*` takes everything (Velero's IncludesExcludes). */
export class NameFilter {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  readonly #included: Matcher;
  readonly #excluded: Matcher;

  constructor(includes: readonly string[] = [], excludes: readonly string[] = []) {
    this.includes = [...new Set(includes)].sort();
    this.excludes = [...new Set(excludes)].sort();
    this.#included = anyOf(this.includes);
    this.#excluded = anyOf(this.excludes);
  }

  /** No excludes, and nothing or `*` in the includes. */
  get takesEverything(): boolean {
    return (
      this.excludes.length === 0 &&
      (this.includes.length === 0 || (this.includes.length === 1 && this.includes[0] === '*'))
    );
  }

  names(text: string): boolean {
    return this.#included(text);
  }

  excludesName(text: string): boolean {
    return this.#excluded(text);
  }

  takes(text: string): boolean {
    return !this.excludesName(text) && (this.includes.length === 0 || this.names(text));
  }
}

/** Thousands of names cost no more to look through than one: patterns are expanded to as many. */
function anyOf(names: readonly string[]): Matcher {
  const literal = new Set(names.filter(isLiteral));
  const patterns = names.filter((name) => !isLiteral(name)).map(matcher);
  return (text) => literal.has(text) || patterns.some((matches) => matches(text));
}
