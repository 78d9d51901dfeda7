import type { Schedule } from '../manifests/schedule';
import { covers, parseTimeWindow, type TimeWindow } from '../manifests/time-window';
import { jitterOf } from './jitter';
import { timingOf } from './timing';
import { type WallClock, wallClock, wallTime } from './wall-clock';

/** A point in time that a schedule names. */
export interface Slot {
  /** What its backup is named by. */
  at: Date;
  /** When it is due: `at` and the jitter of the schedule. */
  due: Date;
}

/** The slots of one schedule. Those that its windows or a person leave out, and those up to its start, are none. */
export interface Slots {
  /** The newest that is due at `now`. */
  newest(now: Date): Slot | undefined;
  /** The first that comes due after `now`. */
  next(now: Date): Slot | undefined;
  /** Each of the schedule's points in time that come due in (after, until], also those left out: with the reason. */
  all(after: Date, until: Date): Iterable<Slot & { leftOut?: string }>;
  /** True when the windows let a backup start then. */
  mayStart(at: Date): boolean;
}

/** So many points in time in a row are looked at for one that is not left out: a year of `0 * * * *`, a week of each minute. */
const longestSearch = 10_080;

/** Throws LifeboatError `invalid` when the schedule says no time. `clockOf` spares making a clock for each schedule. */
export function slotsOf(schedule: Schedule, clockOf: (zone: string) => WallClock = wallClock): Slots {
  const { spec } = schedule;
  const clock = clockOf(spec.timeZone);
  const timing = timingOf(spec, clock);
  const jitter = jitterOf(schedule);
  const windows = readWindows(schedule);
  const start = Math.max(Date.parse(spec.startAt), Date.parse(spec.resumedAt ?? spec.startAt));
  const skipped = new Set(spec.skipSlots?.map((slot) => Date.parse(slot)));

  function leftOut(at: number): string | undefined {
    if (at <= start)
      return spec.resumedAt ? 'it lies before the schedule was resumed' : 'it lies before the start';
    if (skipped.has(at)) return 'it was skipped by a person';
    return reasonOfWindows(windows, clock, at + jitter);
  }
  const slot = (at: number): Slot => ({ at: new Date(at), due: new Date(at + jitter) });

  return {
    newest(now) {
      let at = timing.before(now.getTime() - jitter);
      for (let tries = 0; at !== undefined && at > start && tries < longestSearch; tries += 1) {
        if (leftOut(at) === undefined) return slot(at);
        at = timing.before(at - 1);
      }
      return undefined;
    },
    next(now) {
      let at = timing.after(Math.max(now.getTime() - jitter, start));
      for (let tries = 0; at !== undefined && tries < longestSearch; tries += 1) {
        if (leftOut(at) === undefined) return slot(at);
        const opens = opensAfter(windows, clock, at + jitter);
        at = opens === undefined ? undefined : timing.after(Math.max(at, opens - jitter - 1));
      }
      return undefined;
    },
    *all(after, until) {
      let at = timing.after(after.getTime() - jitter);
      while (at !== undefined && at + jitter <= until.getTime()) {
        const reason = leftOut(at);
        yield { ...slot(at), ...(reason !== undefined && { leftOut: reason }) };
        at = timing.after(at);
      }
    },
    mayStart: (at) => reasonOfWindows(windows, clock, at.getTime()) === undefined,
  };
}

interface Windows {
  allowed?: [string, TimeWindow][];
  blackout: [string, TimeWindow][];
}

function readWindows({ spec }: Schedule): Windows {
  const read = (texts: string[]) => texts.map((text): [string, TimeWindow] => [text, parseTimeWindow(text)]);
  const { allowed = [], blackout = [] } = spec.windows ?? {};
  return { ...(allowed.length > 0 && { allowed: read(allowed) }), blackout: read(blackout) };
}

const day = 24 * 3_600_000;

/**
 * Nothing that comes due before this moment can start, where windows of whole days hold it back: weeks of `* * * * *` are
 * not looked at one by one. The moment itself where they do not; undefined when none of the allowed days is still to come.
 */
function opensAfter({ allowed, blackout }: Windows, clock: WallClock, at: number): number | undefined {
  const { date } = wallTime(clock.wall(at));
  const black = blackout.flatMap(([, window]) => ('first' in window ? [window] : []));
  const over = black.find(({ first, last }) => first <= date && date <= last);
  if (over) return midnight(clock, Date.parse(over.last) + day);
  const open = allowed?.map(([, window]) => window) ?? [];
  const days = open.flatMap((window) => ('first' in window ? [window] : []));
  if (open.length === 0 || days.length < open.length) return at;
  if (days.some(({ first, last }) => first <= date && date <= last)) return at;
  const [next] = days
    .map(({ first }) => first)
    .filter((first) => first > date)
    .sort();
  return next === undefined ? undefined : midnight(clock, Date.parse(next));
}

/** The first moment of a day; `wall` is its midnight, kept as if the clock stood in UTC. */
function midnight(clock: WallClock, wall: number): number {
  return clock.moments(wall)[0] ?? clock.momentOfGap(wall);
}

function reasonOfWindows({ allowed, blackout }: Windows, clock: WallClock, at: number): string | undefined {
  if (!allowed && blackout.length === 0) return undefined;
  const time = wallTime(clock.wall(at));
  if (allowed && !allowed.some(([, window]) => covers(window, time))) {
    return `it lies outside the allowed window ${allowed.map(([text]) => text).join(', ')}`;
  }
  const black = blackout.find(([, window]) => covers(window, time));
  return black && `it lies in the blackout window ${black[0]}`;
}
