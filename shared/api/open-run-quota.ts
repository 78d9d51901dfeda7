import type { Installation } from '../app/installation';
import type { Requested } from '../operations/runs/request-run';
import { markAsked, openAskedRuns, unmarkAsked } from '../formats/state/run/asked-runs';
import type { RunId } from '../formats/state/run-keys';
import type { Caller } from './caller';
import { Problem } from './problem';

/** How many runs that one caller asked for may be open at once. */
const defaultOpenRuns = 50;

/** Seconds: a tick comes every minute. */
const retryAfter = 60;

/** Bounds the load that one caller can cause. */
export interface OpenRunQuota {
  /**
   * Makes sure that the runs may be asked for, then asks. Written down first and counted then, so that of two calls at once
   * neither goes over the limit. Throws a problem 429 when too many are open.
   */
  within<T>(runs: readonly RunId[], ask: () => Promise<T>): Promise<T>;
  /** As `within`, where names are not known before: so many runs, which are written down when they were asked for. */
  withinCount(count: number, ask: () => Promise<Requested[]>): Promise<Requested[]>;
}

export function openRunQuota(
  caller: Caller,
  { state: { store } }: Installation,
  limit = defaultOpenRuns,
): OpenRunQuota {
  return {
    async within(runs, ask) {
      const marked = await Promise.all(runs.map((run) => markAsked(store, caller.id, run)));
      const fresh = runs.filter((_, n) => marked[n]);
      if (fresh.length === 0) return ask();
      const takeBack = () => Promise.all(fresh.map((run) => unmarkAsked(store, caller.id, run)));
      try {
        const { length } = await openAskedRuns(store, caller.id);
        if (length > limit) throw tooMany(length - fresh.length, limit);
        return await ask();
      } catch (error) {
        await takeBack().catch(() => {});
        throw error;
      }
    },
    async withinCount(count, ask) {
      const { length } = await openAskedRuns(store, caller.id);
      if (length + count > limit) throw tooMany(length, limit);
      const requested = await ask();
      await Promise.all(requested.map(({ run }) => markAsked(store, caller.id, run)));
      return requested;
    },
  };
}

function tooMany(open: number, limit: number): Problem {
  return new Problem(429, `${open} runs that this caller asked for are open, of at most ${limit}`, {
    hint: 'wait for the end of some, or cancel them',
    headers: { 'retry-after': String(retryAfter) },
  });
}
