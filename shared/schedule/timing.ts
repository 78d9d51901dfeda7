import type { Schedule } from '../manifests/schedule';
import { type CronFields, readCron } from './cron';
import { cronAfter, cronBefore } from './cron-walk';
import { readInterval } from './interval';
import { type WallClock, wallClock } from './wall-clock';

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

  function momentsOf(wall: number): number[] {
    const moments = clock.moments(wall);
    if (moments.length === 0) return [clock.momentOfGap(wall)];
    return everyHour ? moments : moments.slice(0, 1);
  }

  return {
    before(at) {
      let newest: number | undefined;
      // Where clocks change, a later wall time may be an earlier moment: look on until none can be.
      let wall = cronBefore(fields, clock.wall(at) + clock.change(at));
      while (wall !== undefined) {
        for (const moment of momentsOf(wall)) {
          if (moment <= at && (newest === undefined || moment > newest)) newest = moment;
        }
        if (newest !== undefined && wall <= clock.wall(newest) - clock.change(newest)) break;
        wall = cronBefore(fields, wall - 1);
      }
      return newest;
    },
    after(at) {
      let first: number | undefined;
      let wall = cronAfter(fields, clock.wall(at) - clock.change(at) - 1);
      while (wall !== undefined) {
        for (const moment of momentsOf(wall)) {
          if (moment > at && (first === undefined || moment < first)) first = moment;
        }
        if (first !== undefined && wall >= clock.wall(first) + clock.change(first)) break;
        wall = cronAfter(fields, wall);
      }
      return first;
    },
  };
}
