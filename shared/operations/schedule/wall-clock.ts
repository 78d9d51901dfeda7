import type { WallTime } from '../../formats/manifests/time-window';

const day = 24 * 3_600_000;

/** A clock on a wall in one time zone. What it shows is kept as milliseconds, as if it stood in UTC. */
export interface WallClock {
  /** What it shows at a moment. */
  wall(at: number): number;
  /** The stretch around a moment in which it is neither set on nor back; cut off where that is days away. */
  steady(at: number): Steady;
}

/** More than the offsets of one zone differ: one that crosses the date line moves by a day. Milliseconds. */
export const largestChange = 2 * day;

/** A stretch of moments, `to` exclusive, in which a wall clock is neither set on nor back. */
export interface Steady {
  from: number;
  to: number;
  /** Milliseconds by which the clock is ahead of UTC. */
  offset: number;
  /** Milliseconds by which the clock is set on at `from`; negative where it is set back, 0 where the stretch is cut off. */
  change: number;
}

/** @param zone IANA name */
export function wallClock(zone: string): WallClock {
  const steady = zone === 'UTC' ? steadyUtc : steadyStretches(zoneOffsets(zone));
  return { wall: (at) => at + steady(at).offset, steady };
}

/** Date, weekday and minute of a wall time. */
export function wallTime(wall: number): WallTime {
  const date = new Date(wall);
  return {
    date: date.toISOString().slice(0, 10),
    weekday: date.getUTCDay(),
    minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
  };
}

/** Clocks by zone, each made once: for whoever looks at many schedules. */
export function wallClocks(): (zone: string) => WallClock {
  const clocks = new Map<string, WallClock>();
  return (zone) => {
    const clock = clocks.get(zone) ?? wallClock(zone);
    clocks.set(zone, clock);
    return clock;
  };
}

/** No zone has changed its clock twice within less than a week since 1990. */
const step = 4 * day;
/** Maximum number of steps of one zone that are remembered: 54 years. */
const mostSteps = 5_000;

function steadyUtc(at: number): Steady {
  return { from: at - step, to: at + step, offset: 0, change: 0 };
}

/** Asks for each offset once: an answer of Intl takes microseconds, and a tick looks at thousands of moments. */
function steadyStretches(offset: (at: number) => number): (at: number) => Steady {
  const pieces = remembered((n: number) => piecesOf(offset, n * step));
  const stretches = remembered((n: number) =>
    pieces(n).map((piece): Steady => {
      const before = pieces(n - 1).at(-1)!;
      const after = pieces(n + 1)[0]!;
      const from = piece.from === before.to && piece.offset === before.offset ? before.from : piece.from;
      const to = piece.to === after.from && piece.offset === after.offset ? after.to : piece.to;
      return { from, to, offset: piece.offset, change: piece.offset - offset(from - 1) };
    }),
  );
  return (at) => {
    const found = stretches(Math.floor(at / step));
    return found.find(({ to }) => at < to)!;
  };
}

/** The stretches of one step: one, or two where the clock changes within. */
function piecesOf(offset: (at: number) => number, from: number): Pick<Steady, 'from' | 'to' | 'offset'>[] {
  const to = from + step;
  const [before, after] = [offset(from), offset(to - 1)];
  if (before === after) return [{ from, to, offset: before }];
  let [last, first] = [from, to - 1];
  while (first - last > 1) {
    const middle = Math.floor((first + last) / 2);
    if (offset(middle) === before) last = middle;
    else first = middle;
  }
  return [
    { from, to: first, offset: before },
    { from: first, to, offset: after },
  ];
}

function remembered<T>(make: (n: number) => T): (n: number) => T {
  const known = new Map<number, T>();
  return (n) => {
    const found = known.get(n) ?? make(n);
    if (known.size >= mostSteps) known.clear();
    known.set(n, found);
    return found;
  };
}

/** Milliseconds by which the zone is ahead of UTC at a moment. Zones differ from UTC by whole minutes since 1972. */
function zoneOffsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    // `3/29/2026, GMT+01:00`, and `GMT` alone for none.
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
    if (!sign) return 0;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
}
