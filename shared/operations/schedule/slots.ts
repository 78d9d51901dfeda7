import type { Schedule } from '../../formats/manifests/schedule';
import { jitterOf } from './jitter';
import { openUpTo, opensAfter } from './open-moments';
import { timingOf } from './timing';
import { type WallClock, wallClock } from './wall-clock';
import { windowsOf } from './windows';

/** A point in time that a schedule names. */
export interface Slot {
  /** What its backup is named by. */
  at: Date;
  /** When it is due: `at` and the jitter of the schedule. */
  due: Date;
}

/** Who leaves a point in time out: the start of the schedule, a person, or its windows. */
type LeftOutBy = 'start' | 'person' | 'windows';

/** A point in time that a schedule names, also one that is left out: with the reason, and who leaves it out. */
export interface Point extends Slot {
  leftOut?: string;
  by?: LeftOutBy;
}

/** The slots of one schedule. Those that its windows or a person leave out, and those up to its start, are none. */
export interface Slots {
  /** The newest that is due at `now`. */
  newest(now: Date): Slot | undefined;
  /** The first that comes due after `now`. */
  next(now: Date): Slot | undefined;
  /** Each of the schedule's points in time that come due in (after, until]. */
  all(after: Date, until: Date): Iterable<Point>;
  /** True when the windows let a backup start then. */
  mayStart(at: Date): boolean;
}

/**
 * How often one search may meet a time outside the windows and cross to where they are open again. 30 days, which is as far
 * as slots are caught up with, hold as many windows where there are 33 a day. With the next limit it bounds what one
 * schedule can cost a tick: some milliseconds.
 */
const longestSearch = 1_000;
/** A 29 February on a given day of the week can be 40 years away. Milliseconds. */
const furthest = 41 * 366 * 24 * 3_600_000;

/** No slot at or before this is due: when the schedule was made or last resumed. Milliseconds. */
export function startOf({ spec }: Schedule): number {
  return Math.max(Date.parse(spec.startAt), Date.parse(spec.resumedAt ?? spec.startAt));
}

/** Throws LifeboatError `invalid` when the schedule says no time. `clockOf` spares making a clock for each schedule. */
export function slotsOf(schedule: Schedule, clockOf: (zone: string) => WallClock = wallClock): Slots {
  const { spec } = schedule;
  const clock = clockOf(spec.timeZone);
  const timing = timingOf(spec, clock);
  const jitter = jitterOf(schedule);
  const windows = windowsOf(schedule);
  const start = startOf(schedule);
  const skipped = new Set(spec.skipSlots?.map((slot) => Date.parse(slot)));

  function leftOut(at: number): Pick<Point, 'leftOut' | 'by'> {
    if (at <= start) {
      const since = spec.resumedAt ? 'it lies before the schedule was resumed' : 'it lies before the start';
      return { leftOut: since, by: 'start' };
    }
    if (skipped.has(at)) return { leftOut: 'it was skipped by a person', by: 'person' };
    const reason = windows?.reason(clock.wall(at + jitter));
    return reason === undefined ? {} : { leftOut: reason, by: 'windows' };
  }
  const slot = (at: number): Slot => ({ at: new Date(at), due: new Date(at + jitter) });

  return {
    newest(now) {
      const oldest = Math.max(start, now.getTime() - furthest);
      let at = timing.before(now.getTime() - jitter);
      for (let tries = 0; at !== undefined && at > oldest && tries < longestSearch; ) {
        const open = windows ? openUpTo(windows, clock, at + jitter) : at + jitter;
        if (open === undefined) return undefined;
        if (open === at + jitter) {
          if (!skipped.has(at)) return slot(at);
          at = timing.before(at - 1);
        } else {
          tries += 1;
          at = timing.before(open - jitter);
        }
      }
      return undefined;
    },
    next(now) {
      const latest = Math.max(now.getTime(), start) + furthest;
      let at = timing.after(Math.max(now.getTime() - jitter, start));
      for (let tries = 0; at !== undefined && at < latest && tries < longestSearch; ) {
        const open = windows ? opensAfter(windows, clock, at + jitter) : at + jitter;
        if (open === undefined) return undefined;
        if (open === at + jitter) {
          if (!skipped.has(at)) return slot(at);
          at = timing.after(at);
        } else {
          tries += 1;
          at = timing.after(open - jitter - 1);
        }
      }
      return undefined;
    },
    *all(after, until) {
      let at = timing.after(after.getTime() - jitter);
      while (at !== undefined && at + jitter <= until.getTime()) {
        yield { ...slot(at), ...leftOut(at) };
        at = timing.after(at);
      }
    },
    mayStart: (at) => windows?.reason(clock.wall(at.getTime())) === undefined,
  };
}
