import type { Clock, Random } from '../clock';

export interface RetryPolicy {
  /** Tries in all, the first included. */
  attempts: number;
  /** Upper bound of the first wait, in milliseconds; doubles with every try. */
  base: number;
  /** Upper bound of any wait that is ours to choose, in milliseconds. */
  cap: number;
}

/** Six tries over 8 s at the most, 4 s on average; longer when OSS asks for it. */
export const storeRetryPolicy: RetryPolicy = { attempts: 6, base: 250, cap: 20_000 };

export interface RetryOptions {
  clock: Clock;
  random: Random;
  policy: RetryPolicy;
  /** Undefined: do not try again. Otherwise the least wait in milliseconds, 0 for none in particular. */
  waitFor(error: unknown): number | undefined;
  signal?: AbortSignal;
  onRetry?(error: unknown, attempt: number, wait: number): void;
}

/**
 * Runs `attempt` (given its number, from 1, and the error of the try before) until it succeeds, fails for good or the tries are used up; throws its last
 * error, or the signal's reason. Waits with full jitter: clients that failed together do not come back together.
 */
export async function retrying<T>(
  attempt: (number: number, before: unknown) => Promise<T>,
  { clock, random, policy, waitFor, signal, onRetry }: RetryOptions,
): Promise<T> {
  let before: unknown;
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    try {
      return await attempt(number, before);
    } catch (error) {
      before = error;
      signal?.throwIfAborted();
      const least = number < policy.attempts ? waitFor(error) : undefined;
      if (least === undefined) throw error;
      const wait = Math.max(least, backOff(policy, number, random));
      onRetry?.(error, number, wait);
      try {
        await clock.sleep(wait, signal);
      } catch (interrupted) {
        signal?.throwIfAborted();
        throw interrupted;
      }
    }
  }
}

/** The wait after the `failures`-th failure in a row: anything up to a bound that doubles each time. */
export function backOff(policy: RetryPolicy, failures: number, random: Random): number {
  return random.fraction() * Math.min(policy.cap, policy.base * 2 ** (failures - 1));
}
