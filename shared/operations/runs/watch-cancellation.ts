import type { Clock } from '../../platform/clock';
import { LifeboatError } from '../../platform/errors';
import { cancelledBy } from '../../formats/state/run/cancellation';
import type { Lease } from '../../formats/state/leases/lease-types';
import type { ObjectStore } from '../../platform/oss/port';

/** How often a worker looks whether somebody wants its run to end. */
const lookEvery = 10_000;

/** A lease that is also lost when somebody wants the run to end. */
export interface WatchedLease extends Lease {
  readonly cancelled: boolean;
  /** Throws `lost-lease` when somebody wants the run to end; renews nothing. */
  check(): Promise<void>;
}

/**
 * Wraps the lease of a run: its signal aborts, and `renew` throws `lost-lease`, as soon as the run is seen to be cancelled.
 * The operation under it stops as it does for a lost lease. Releasing the wrapped lease ends the watch, not the lease.
 * The caller has just seen whether the run is cancelled.
 */
export function watchCancellation(lease: Lease, run: ObjectStore, clock: Clock): WatchedLease {
  const stopped = new AbortController();
  const cancelled = new AbortController();

  let looked = clock.monotonic();
  async function look(): Promise<void> {
    const began = clock.monotonic();
    if ((await cancelledBy(run)) === undefined) {
      looked = began;
      return;
    }
    cancelled.abort(new LifeboatError('lost-lease', 'the run was cancelled'));
  }

  async function watch(): Promise<void> {
    while (!cancelled.signal.aborted) {
      try {
        await clock.sleep(lookEvery, stopped.signal);
      } catch {
        return;
      }
      // What cannot be asked now is asked again, here or before the next thing that matters.
      await look().catch(() => {});
    }
  }

  const signal = AbortSignal.any([lease.signal, cancelled.signal]);
  async function check(): Promise<void> {
    signal.throwIfAborted();
    await look();
    signal.throwIfAborted();
  }

  void watch();
  return {
    attempt: lease.attempt,
    signal,
    get cancelled() {
      return cancelled.signal.aborted;
    },
    check,
    async renew() {
      signal.throwIfAborted();
      await Promise.all([check(), lease.renew()]);
    },
    async ensure() {
      if (clock.monotonic() - looked >= lookEvery) await check();
      else signal.throwIfAborted();
      await lease.ensure();
    },
    release: () => stopped.abort(),
  };
}
