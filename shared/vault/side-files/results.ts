import type { Result, Results } from '../../manifests/velero';

/** Whom a message concerns: the run itself, cluster-scoped objects, or one namespace. */
export type ResultScope = 'velero' | 'cluster' | { namespace: string };

/** Collects a run's errors and warnings in the shape of Velero's `-results.gz`. Messages hold no secret. */
export class ResultsCollector {
  readonly #errors: Result = {};
  readonly #warnings: Result = {};
  #errorCount = 0;
  #warningCount = 0;

  error(message: string, scope: ResultScope = 'velero'): void {
    this.#errorCount += 1;
    add(this.#errors, scope, message);
  }

  warn(message: string, scope: ResultScope = 'velero'): void {
    this.#warningCount += 1;
    add(this.#warnings, scope, message);
  }

  /** `status.errors` and `status.warnings`. */
  get counts(): { errors: number; warnings: number } {
    return { errors: this.#errorCount, warnings: this.#warningCount };
  }

  /** What goes into `-results.gz`; absent parts are left out, as Velero does. */
  results(): Results {
    return { errors: structuredClone(this.#errors), warnings: structuredClone(this.#warnings) };
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

/** Number of entries in one half of a results file. */
export function countOf(result: Result): number {
  const namespaces = Object.values(result.namespaces ?? {});
  return [result.velero ?? [], result.cluster ?? [], ...namespaces].reduce(
    (sum, list) => sum + list.length,
    0,
  );
}
