import { largestChange, type WallClock } from './wall-clock';
import type { Windows } from './windows';

/**
 * The first moment at or after `at` at which windows are open; undefined when there is none. Long stretches are crossed in
 * one step. Near a change of the clock the stretches before and after it are looked at by themselves, since a wall time
 * that has passed may come again.
 */
export function opensAfter(windows: Windows, clock: WallClock, at: number): number | undefined {
  for (let from = at; ; ) {
    const wall = clock.wall(from);
    const wait = (windows.openFrom(wall) ?? Number.POSITIVE_INFINITY) - wall;
    const steady = clock.steady(from);
    if (from + wait < steady.to) return from + wait;
    if (wait === Number.POSITIVE_INFINITY && from - at > largestChange) return undefined;
    const far = from - at > largestChange ? from + wait - largestChange : steady.to;
    from = Math.max(steady.to, far);
  }
}

/** The newest moment at or before `at` at which windows are open; undefined when there is none. */
export function openUpTo(windows: Windows, clock: WallClock, at: number): number | undefined {
  for (let from = at; ; ) {
    const wall = clock.wall(from);
    const back = wall - (windows.openUpTo(wall) ?? Number.NEGATIVE_INFINITY);
    const steady = clock.steady(from);
    if (from - back >= steady.from) return from - back;
    if (back === Number.POSITIVE_INFINITY && at - from > largestChange) return undefined;
    const far = at - from > largestChange ? from - back + largestChange : steady.from - 1;
    from = Math.min(steady.from - 1, far);
  }
}
