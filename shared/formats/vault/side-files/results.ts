import type { Result, Results } from '../../manifests/velero';

/** Whom a message concerns: the run itself, cluster-scoped objects, or one namespace. */
export type ResultScope = 'velero' | 'cluster' | { namespace: string };

/** Text of the errors, and of the warnings, that is kept; a reader takes 32 MiB of both. */
const maxLength = 4 << 20;

/**
 * Collects a run's errors and warnings in the shape of Velero's `-results.gz`, in bounded memory: beyond some 20,000 of either
 * they are counted. Messages hold no secret.
 */
export class ResultsCollector {
  readonly #errors: Collected;
  readonly #warnings: Collected;

  /** @param before what an earlier worker collected, with its counts */
  constructor(before?: { results: Results; errors: number; warnings: number }) {
    this.#errors = new Collected('errors', before?.results.errors, before?.errors);
    this.#warnings = new Collected('warnings', before?.results.warnings, before?.warnings);
  }

  error(message: string, scope: ResultScope = 'velero'): void {
    this.#errors.add(scope, message);
  }

  warn(message: string, scope: ResultScope = 'velero'): void {
    this.#warnings.add(scope, message);
  }

  /** `status.errors` and `status.warnings`. */
  get counts(): { errors: number; warnings: number } {
    return { errors: this.#errors.count, warnings: this.#warnings.count };
  }

  /** What goes into `-results.gz`; absent parts are left out, as Velero does. */
  results(): Results {
    return { errors: this.#errors.result(), warnings: this.#warnings.result() };
  }
}

class Collected {
  readonly #result: Result;
  #length = 0;
  #uncollected = 0;
  count: number;

  constructor(
    private readonly what: string,
    before: Result = {},
    count = 0,
  ) {
    this.#result = structuredClone(before);
    this.count = count;
  }

  add(scope: ResultScope, message: string): void {
    this.count += 1;
    this.#length += message.length;
    if (this.#length > maxLength) this.#uncollected += 1;
    else add(this.#result, scope, message);
  }

  result(): Result {
    const result = structuredClone(this.#result);
    if (this.#uncollected > 0)
      add(result, 'velero', `${this.#uncollected} more ${this.what} are not in this list`);
    return result;
  }
}

function add(result: Result, scope: ResultScope, message: string): void {
  if (typeof scope === 'string') {
    const list = result[scope] ?? [];
    list.push(message);
    result[scope] = list;
    return;
  }
  // A namespace may be called `constructor`, so its own properties alone count.
  result.namespaces ??= Object.create(null) as Record<string, string[]>;
  const list = result.namespaces[scope.namespace] ?? [];
  list.push(message);
  result.namespaces[scope.namespace] = list;
}

/** Number of errors, or warnings, that one half of a results file tells of. */
export function countOf({ velero = [], cluster = [], namespaces = {} }: Result): number {
  const listed = [velero, cluster, ...Object.values(namespaces)].reduce((sum, list) => sum + list.length, 0);
  const more = uncollected.exec(velero.at(-1) ?? '');
  return more ? listed - 1 + Number(more[1]) : listed;
}

const uncollected = /^(\d+) more (?:errors|warnings) are not in this list$/;
