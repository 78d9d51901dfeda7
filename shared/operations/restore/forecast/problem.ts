/** What would go wrong with a restore, by what is the matter. */
export type ProblemKind =
  | 'missing-crd'
  | 'webhook-without-backend'
  | 'quota-too-small'
  | 'storage-class-absent'
  | 'ingress-class-absent'
  | 'node-port-taken'
  | 'image-registry-not-mapped'
  | 'immutable-field'
  | 'namespace-terminating'
  | 'crd-would-lose-fields'
  | 'namespace-not-mapped'
  | 'cluster-resources-left-out'
  | 'volume-without-data'
  | 'refused';

export interface Problem {
  kind: ProblemKind;
  /** One line. */
  message: string;
  /** How to cure it; one line. */
  hint: string;
  /** How many objects it concerns. */
  count: number;
  /** The first of them: `deployments.apps shop/web`. */
  objects: string[];
}

/** Names that a person reads; the number says how many more there are. */
const named = 5;

/** Gathers problems, one entry for each message. */
export class Problems {
  readonly #found = new Map<string, Problem>();

  add(
    kind: ProblemKind,
    message: string,
    hint: string,
    objects: readonly string[],
    count = objects.length,
  ): void {
    const key = `${kind}\0${message}`;
    const problem = this.#found.get(key) ?? { kind, message, hint, count: 0, objects: [] };
    this.#found.set(key, problem);
    problem.count += count;
    problem.objects.push(...objects.slice(0, named - problem.objects.length));
  }

  /** By kind, then by message. */
  list(): Problem[] {
    const order = (one: Problem) => `${one.kind}\0${one.message}`;
    return [...this.#found.values()].sort((left, right) => order(left).localeCompare(order(right)));
  }
}

/** Objects that have something in common, counted, the first few by name. */
export class Mentions {
  readonly #of = new Map<string, { count: number; objects: string[] }>();

  add(key: string, object: string): void {
    const entry = this.#of.get(key) ?? { count: 0, objects: [] };
    this.#of.set(key, entry);
    entry.count += 1;
    if (entry.objects.length < named) entry.objects.push(object);
  }

  entries(): IterableIterator<[string, { count: number; objects: string[] }]> {
    return this.#of.entries();
  }
}
