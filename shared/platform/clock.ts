/** Time as the code sees it; a test passes its own. */
export interface Clock {
  /** Wall clock of this machine. Decides nothing about leases or ages: those are OSS's time. */
  now(): Date;
  /** Milliseconds that only grow, for durations. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Chance as the code sees it: a number in [0, 1) and random bytes. */
export interface Random {
  fraction(): number;
  bytes(count: number): Buffer;
}
