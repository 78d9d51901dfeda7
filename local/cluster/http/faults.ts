import type { StaleGroupVersion } from './discovery';

/** One thing that goes wrong, for the requests that it fits. */
export interface Fault {
  method?: string;
  /** What the path (without query) must contain or match. */
  path?: string | RegExp;
  /** How many fitting requests it hits; default 1. */
  count?: number;
  /** How many fitting requests pass before it hits; default 0. */
  after?: number;
  /** Answer this status instead of working. */
  status?: number;
  /** Seconds in a Retry-After header. */
  retryAfter?: number;
  /** Cut the connection before anything is done, or after it was done but before the answer. */
  reset?: 'before' | 'after';
  /** Wait this long before answering, in milliseconds. */
  delay?: number;
}

/** What a test can make go wrong. */
export class ClusterFaults {
  #faults: (Fault & { left: number; skip: number })[] = [];
  #stale: StaleGroupVersion[] = [];

  constructor(
    private readonly compactStorage: () => void,
    private readonly staleChanged: () => void,
  ) {}

  /** Adds a fault; gives the function that takes it away. */
  add(fault: Fault): () => void {
    const added = { ...fault, left: fault.count ?? 1, skip: fault.after ?? 0 };
    this.#faults.push(added);
    return () => {
      this.#faults = this.#faults.filter((each) => each !== added);
    };
  }

  /** A group version whose aggregated API server does not answer, until `clear`. */
  staleGroup(group: string, version: string): void {
    this.#stale.push({ group, version });
  }

  /** Forgets all snapshots: running lists get 410 Expired with a token, old watches 410. */
  compact(): void {
    this.compactStorage();
  }

  clear(): void {
    this.#faults = [];
    this.#stale = [];
    this.staleChanged();
  }

  stale(): StaleGroupVersion[] {
    return this.#stale;
  }

  /** The fault that hits this request, if one does. */
  take(method: string, path: string): Fault | undefined {
    const hit = this.#faults.find((fault) => {
      if (fault.method && fault.method !== method) return false;
      if (typeof fault.path === 'string' && !path.includes(fault.path)) return false;
      if (fault.path instanceof RegExp && !fault.path.test(path)) return false;
      if (fault.skip > 0) {
        fault.skip -= 1;
        return false;
      }
      return fault.left > 0;
    });
    if (!hit) return undefined;
    hit.left -= 1;
    if (hit.left === 0) this.#faults = this.#faults.filter((each) => each !== hit);
    return hit;
  }
}
