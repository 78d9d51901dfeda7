/** What goes wrong with a request. Sizes are bytes of the body, times are milliseconds. */
export type Fault =
  /** The connection breaks after the request was read and before anything was changed. */
  | { kind: 'reset-before-commit' }
  /** The connection breaks after the change, before the answer. */
  | { kind: 'reset-after-commit' }
  /** An XML error; with `afterCommit` the change was made all the same. */
  | { kind: 'status'; status: number; code: string; afterCommit?: boolean; headers?: Record<string, string> }
  /** The 502 of a proxy. */
  | { kind: 'html' }
  /** No answer; for ever without `ms`. With `beforeCommit` nothing is changed until the time is over. */
  | { kind: 'stall-before-headers'; ms?: number; beforeCommit?: boolean }
  | { kind: 'stall-in-body'; afterBytes: number; ms?: number }
  /** The connection breaks in the body of the answer. */
  | { kind: 'truncate'; afterBytes: number }
  /** One bit of the body is turned: of the upload where the request has one, else of the answer. */
  | { kind: 'bit-flip'; atByte: number }
  | { kind: 'slow-body'; bytesPerSecond: number }
  /** 403 SecurityTokenExpired. */
  | { kind: 'expired-token' };

export interface FaultRule {
  /** As the API names it: PutObject, CompleteMultipartUpload, …; all without one. */
  operation?: string | readonly string[];
  bucket?: string;
  /** A part of the key, or a pattern. */
  key?: string | RegExp;
  /** So many matching requests pass first. */
  skip?: number;
  /** So many are hit then; 1 without it, Infinity for all. */
  count?: number;
  fault: Fault;
}

/** A rule at work. */
export interface ActiveFault {
  /** Requests hit so far. */
  readonly hits: number;
  remove(): void;
}

interface Counter {
  rule: FaultRule;
  seen: number;
  hits: number;
}

/** The faults that a server still has to make, in the order in which they were added. */
export class FaultPlan {
  #counters: Counter[] = [];

  add(rule: FaultRule): ActiveFault {
    const counter: Counter = { rule, seen: 0, hits: 0 };
    this.#counters.push(counter);
    return {
      get hits() {
        return counter.hits;
      },
      remove: () => {
        this.#counters = this.#counters.filter((other) => other !== counter);
      },
    };
  }

  clear(): void {
    this.#counters = [];
  }

  /** The fault for a request, which counts as seen by every rule up to the one that hits. */
  take(request: { operation: string; bucket?: string; key?: string }): Fault | undefined {
    for (const counter of this.#counters) {
      const { rule } = counter;
      if (!matches(rule, request)) continue;
      counter.seen += 1;
      if (counter.seen <= (rule.skip ?? 0) || counter.hits >= (rule.count ?? 1)) continue;
      counter.hits += 1;
      return rule.fault;
    }
    return undefined;
  }
}

function matches(rule: FaultRule, request: { operation: string; bucket?: string; key?: string }): boolean {
  if (rule.operation !== undefined && ![rule.operation].flat().includes(request.operation)) return false;
  if (rule.bucket !== undefined && rule.bucket !== request.bucket) return false;
  if (rule.key === undefined) return true;
  if (request.key === undefined) return false;
  return typeof rule.key === 'string' ? request.key.includes(rule.key) : rule.key.test(request.key);
}
