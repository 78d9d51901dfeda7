import type { Problem, ProblemKind } from '../plan/problem';
import { mostMentioned } from '../report/mentions';

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
    problem.objects.push(...objects.slice(0, mostMentioned - problem.objects.length));
  }

  /** By kind, then by message. */
  list(): Problem[] {
    const order = (one: Problem) => `${one.kind}\0${one.message}`;
    return [...this.#found.values()].sort((left, right) => order(left).localeCompare(order(right)));
  }
}
