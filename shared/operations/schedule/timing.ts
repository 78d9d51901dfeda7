import type { Schedule } from '../../formats/manifests/schedule';
import { type CronFields, readCron } from './cron';
import { cronAfter, cronBefore } from './cron-walk';
import { readInterval } from './interval';
import { largestChange, type Steady, type WallClock, wallClock } from './wall-clock';

/** The points in time that a schedule names, whatever its windows and skips say. Milliseconds. */
export interface Timing {
  /** The newest at or before; undefined when there is none. */
  before(at: number): number | undefined;
  /** The first after; undefined when there is none. */
  after(at: number): number | undefined;
}

type Times = Pick<Schedule['spec'], 'schedule' | 'timeZone' | 'startAt'>;

/** Throws LifeboatError `invalid` when it is neither cron nor an interval, or says what cannot be. */
export function timingOf(times: Times, clock: WallClock = wallClock(times.timeZone)): Timing {
  const interval = readInterval(times.schedule);
  if (interval !== undefined) return intervalTiming(Date.parse(times.startAt), interval);
  return cronTiming(readCron(times.schedule), clock);
}

/** The first is one interval after the start. */
function intervalTiming(startAt: number, interval: number): Timing {
  const start = Math.floor(startAt / 1_000) * 1_000;
  return {
    before(at) {
      const k = Math.floor((at - start) / interval);
      return k < 1 ? undefined : start + k * interval;
    },
    after: (at) => start + Math.max(Math.floor((at - start) / interval) + 1, 1) * interval,
  };
}

/**
 * cron-parser's own `prev` and `next` disagree where clocks change, so only its reading of the fields is used. The rules:
 * a time that the clock leaves out comes as much later as the clock is set on, and falls together with what is there
 * already; a time that the clock shows twice counts the first time, and both times where the expression names every hour,
 * so that what comes round each hour or each few minutes keeps to its distance.
 */
function cronTiming(fields: CronFields, clock: WallClock): Timing {
  const everyHour = fields.hours.length === 24;

  /** The wall time from which on those of a stretch count: not those that the clock has shown already. */
  function firstWall({ from, offset, change }: Steady): number {
    return from + offset + (everyHour ? 0 : Math.max(-change, 0));
  }

  return {
    before(at) {
      for (let moment = at; ; ) {
        const steady = clock.steady(moment);
        const { from, offset, change } = steady;
        const wall = cronBefore(fields, moment + offset);
        const shown = wall !== undefined && wall >= firstWall(steady) ? wall - offset : undefined;
        const [begin, end] = [from + offset - change, from + offset];
        const gap = change > 0 ? cronBefore(fields, Math.min(moment + offset - change, end - 1)) : undefined;
        const late = gap !== undefined && gap >= begin ? gap - (offset - change) : undefined;
        const found = oneOf(Math.max, shown, late);
        if (found !== undefined || wall === undefined) return found;
        moment = Math.min(from - 1, wall - offset + largestChange);
      }
    },
    after(at) {
      for (let moment = at + 1; ; ) {
        const steady = clock.steady(moment);
        const { from, to, offset, change } = steady;
        const wall = cronAfter(fields, Math.max(moment + offset, firstWall(steady)) - 1);
        const shown = wall !== undefined && wall - offset < to ? wall - offset : undefined;
        const [begin, end] = [from + offset - change, from + offset];
        const gap = change > 0 ? cronAfter(fields, Math.max(moment + offset - change, begin) - 1) : undefined;
        const late = gap !== undefined && gap < end ? gap - (offset - change) : undefined;
        const found = oneOf(Math.min, shown, late);
        if (found !== undefined || wall === undefined) return found;
        moment = Math.max(to, wall - offset - largestChange);
      }
    },
  };
}

function oneOf(
  choose: (...numbers: number[]) => number,
  ...found: (number | undefined)[]
): number | undefined {
  const there = found.filter((each) => each !== undefined);
  return there.length > 0 ? choose(...there) : undefined;
}
