import { matcher, type Matcher } from './glob';

/** An include and an exclude list: exclude wins, an empty include list or `*` takes everything (Velero's IncludesExcludes). */
export class NameFilter {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  readonly #included: Matcher[];
  readonly #excluded: Matcher[];

  constructor(includes: readonly string[] = [], excludes: readonly string[] = []) {
    this.includes = [...new Set(includes)].sort();
    this.excludes = [...new Set(excludes)].sort();
    this.#included = this.includes.map(matcher);
    this.#excluded = this.excludes.map(matcher);
  }

  /** No excludes, and nothing or `*` in the includes. */
  get takesEverything(): boolean {
    return (
      this.excludes.length === 0 &&
      (this.includes.length === 0 || (this.includes.length === 1 && this.includes[0] === '*'))
    );
  }

  names(text: string): boolean {
    return this.#included.some((matches) => matches(text));
  }

  excludesName(text: string): boolean {
    return this.#excluded.some((matches) => matches(text));
  }

  takes(text: string): boolean {
    return !this.excludesName(text) && (this.includes.length === 0 || this.names(text));
  }
}
