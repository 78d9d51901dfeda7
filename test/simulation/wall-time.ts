const hour = 3_600_000;

/** Hours ahead of UTC, as published for March and April 2027; `change` is the moment from which `after` holds. */
const zones = {
  UTC: { before: 0, after: 0, change: Number.POSITIVE_INFINITY },
  'Asia/Shanghai': { before: 8, after: 8, change: Number.POSITIVE_INFINITY },
  'America/New_York': { before: -5, after: -4, change: Date.parse('2027-03-14T07:00:00Z') },
  'Europe/Berlin': { before: 1, after: 2, change: Date.parse('2027-03-28T01:00:00Z') },
  'Australia/Sydney': { before: 11, after: 10, change: Date.parse('2027-04-03T16:00:00Z') },
};

export type Zone = keyof typeof zones;

export const aheadOfUtc = (zone: Zone, at: number): number =>
  at < zones[zone].change ? zones[zone].before : zones[zone].after;

/** What a clock on the wall shows, as if it stood in UTC: `getUTCHours` of it is the hour there. */
export function wallTime(zone: Zone, at: number): Date {
  return new Date(at + aheadOfUtc(zone, at) * hour);
}
