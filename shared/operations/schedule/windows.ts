import type { Schedule } from '../../formats/manifests/schedule';
import { covers, parseTimeWindow, type TimeWindow } from '../../formats/manifests/time-window';
import { countUpTo, holds, merged, outside, type Span } from './spans';
import { wallTime } from './wall-clock';

/*
 * Times here are what a clock on the wall shows, kept as milliseconds as if it stood in UTC: there every day has 24 hours.
 */

/** The windows of one schedule. */
export interface Windows {
  /** Why a backup may not start at a wall time; undefined when it may. */
  reason(wall: number): string | undefined;
  /** The first wall time at or after `wall` at which a backup may start; undefined when there is none. */
  openFrom(wall: number): number | undefined;
  /** The newest wall time at or before `wall` at which a backup may start; undefined when there is none. */
  openUpTo(wall: number): number | undefined;
}

/** A stretch in which the same hours of the week are open: `open` counts from Sunday 00:00, in order, without overlaps. */
interface Regime extends Span {
  open: readonly Span[];
}

const minute = 60_000;
const day = 1440 * minute;
const week = 7 * day;
/** 1 January 1970 was a Thursday. */
const firstSunday = -4 * day;

type Daily = Exclude<TimeWindow, { first: string }>;
type Dated = Extract<TimeWindow, { first: string }>;

/** Undefined when the schedule has no windows: a backup may start at any time. */
export function windowsOf({ spec }: Schedule): Windows | undefined {
  const allowed = read(spec.windows?.allowed ?? []);
  const blackout = read(spec.windows?.blackout ?? []);
  if (allowed.length === 0 && blackout.length === 0) return undefined;
  const regimes = regimesOf(allowed, blackout);
  return {
    reason(wall) {
      const time = wallTime(wall);
      if (allowed.length > 0 && !allowed.some(({ window }) => covers(window, time))) {
        return `it lies outside the allowed window ${allowed.map(({ text }) => text).join(', ')}`;
      }
      const black = blackout.find(({ window }) => covers(window, time));
      return black && `it lies in the blackout window ${black.text}`;
    },
    openFrom(wall) {
      for (let i = countUpTo(regimes, wall) - 1; i < regimes.length; i += 1) {
        const { from, to, open } = regimes[i]!;
        const found = openInWeek(open, Math.max(from, wall));
        if (found !== undefined && found < to) return found;
      }
      return undefined;
    },
    openUpTo(wall) {
      for (let i = countUpTo(regimes, wall) - 1; i >= 0; i -= 1) {
        const { from, to, open } = regimes[i]!;
        const found = openInWeekBefore(open, Math.min(to - 1, wall));
        if (found !== undefined && found >= from) return found;
      }
      return undefined;
    },
  };
}

function read(texts: readonly string[]): { text: string; window: TimeWindow }[] {
  return texts.map((text) => ({ text, window: parseTimeWindow(text) }));
}

function regimesOf(allowed: readonly { window: TimeWindow }[], blackout: readonly { window: TimeWindow }[]) {
  const black = merged(blackout.flatMap(({ window }) => hoursOf(window)));
  const notBlack = outside(black, { from: 0, to: week });
  const hours = merged(allowed.flatMap(({ window }) => hoursOf(window)));
  const usual = allowed.length === 0 ? notBlack : hours.flatMap((span) => outside(black, span));
  const allowedDays = merged(allowed.flatMap(({ window }) => daysOf(window)));
  const blackDays = merged(blackout.flatMap(({ window }) => daysOf(window)));

  const regimes: Regime[] = [];
  const bounds = [...allowedDays, ...blackDays].flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b);
  for (const from of [Number.NEGATIVE_INFINITY, ...bounds]) {
    const open = holds(blackDays, from) ? [] : holds(allowedDays, from) ? notBlack : usual;
    const last = regimes.at(-1);
    if (last?.open === open || (last && last.open.length + open.length === 0)) continue;
    if (last) last.to = from;
    regimes.push({ from, to: Number.POSITIVE_INFINITY, open });
  }
  return regimes.filter(({ from, to }) => from < to);
}

function hoursOf(window: TimeWindow): Span[] {
  if (isDated(window)) return [];
  const { days, from, to } = window;
  return [...days].flatMap((weekday) => {
    const start = weekday * day + from * minute;
    const end = weekday * day + (to > from ? to : to + 1440) * minute;
    if (end <= week) return [{ from: start, to: end }];
    return [
      { from: start, to: week },
      { from: 0, to: end - week },
    ].filter((span) => span.from < span.to);
  });
}

function daysOf(window: TimeWindow): Span[] {
  return isDated(window) ? [{ from: Date.parse(window.first), to: Date.parse(window.last) + day }] : [];
}

function isDated(window: Daily | Dated): window is Dated {
  return 'first' in window;
}

/** At or after `wall`. */
function openInWeek(open: readonly Span[], wall: number): number | undefined {
  if (open.length === 0) return undefined;
  const sunday = firstSunday + Math.floor((wall - firstSunday) / week) * week;
  const within = wall - sunday;
  const next = countUpTo(open, within);
  if (next > 0 && within < open[next - 1]!.to) return wall;
  return next < open.length ? sunday + open[next]!.from : sunday + week + open[0]!.from;
}

/** At or before `wall`. */
function openInWeekBefore(open: readonly Span[], wall: number): number | undefined {
  if (open.length === 0) return undefined;
  const sunday = firstSunday + Math.floor((wall - firstSunday) / week) * week;
  const within = wall - sunday;
  const span = open[countUpTo(open, within) - 1];
  return span ? sunday + Math.min(within, span.to - 1) : sunday - week + open.at(-1)!.to - 1;
}
