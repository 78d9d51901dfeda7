import type { WallTime } from '../manifests/time-window';

const day = 24 * 3_600_000;

/** A clock on a wall in one time zone. What it shows is kept as milliseconds, as if it stood in UTC. */
export interface WallClock {
  /** What it shows at a moment. */
  wall(at: number): number;
  /** The moments at which it shows `wall`: two where it is set back; none in the hour that it leaves out. */
  moments(wall: number): number[];
  /** The moment for a time that it leaves out: as much later as it is set on. */
  momentOfGap(wall: number): number;
  /** By how much it is set on or back within a day of a moment; 0 as a rule. */
  change(at: number): number;
}

/** @param zone IANA name */
export function wallClock(zone: string): WallClock {
  const offset = zone === 'UTC' ? () => 0 : offsets(zone);
  const around = (wall: number) => [offset(wall - day), offset(wall + day)] as const;
  return {
    wall: (at) => at + offset(at),
    moments(wall) {
      const [before, after] = around(wall);
      const candidates = before === after ? [before] : [Math.max(before, after), Math.min(before, after)];
      return candidates.map((each) => wall - each).filter((at) => at + offset(at) === wall);
    },
    momentOfGap: (wall) => wall - around(wall)[0],
    change(at) {
      const [before, after] = around(at);
      return Math.abs(after - before);
    },
  };
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

/** Milliseconds by which the zone is ahead of UTC at a moment. Zones differ from UTC by whole minutes since 1972. */
function offsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    // `3/29/2026, GMT+01:00`, and `GMT` alone for none.
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
    if (!sign) return 0;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
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
