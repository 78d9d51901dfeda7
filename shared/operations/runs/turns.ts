import pLimit, { type LimitFunction } from 'p-limit';

/** What callers that start many runs share: the runs of one cluster look for places one after the other. */
export class Turns {
  readonly #limits = new Map<string, LimitFunction>();
  /** Why a cluster has no place for anybody, once that was seen: nobody else needs to look. */
  readonly full = new Map<string, string>();

  /** Who is at work for one name waits for nobody else; those for the same name take turns. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const limit = this.#limits.get(name) ?? pLimit(1);
    this.#limits.set(name, limit);
    return limit(work);
  }
}
