import type { CronFields } from './cron';

/*
 * Times here are what a clock on the wall shows, kept as milliseconds as if it stood in UTC: there every day has 24 hours.
 */

const minute = 60_000;
const day = 24 * 60 * minute;
/** 29 February is at most 8 years away (1896 to 1904). */
const longestGap = 9 * 366;

/** The newest wall time of a cron expression at or before `at`; undefined when there is none in nine years. */
export function cronBefore(fields: CronFields, at: number): number | undefined {
  for (let start = floorDay(at), tries = 0; tries < longestGap; start -= day, tries += 1) {
    if (!namesDay(fields, start)) continue;
    const limit = start === floorDay(at) ? Math.floor((at - start) / minute) : 1440;
    const found = newestMinute(fields, limit);
    if (found !== undefined) return start + found * minute;
  }
  return undefined;
}

/** The first wall time of a cron expression after `at`; undefined when there is none in nine years. */
export function cronAfter(fields: CronFields, at: number): number | undefined {
  for (let start = floorDay(at), tries = 0; tries < longestGap; start += day, tries += 1) {
    if (!namesDay(fields, start)) continue;
    const limit = start === floorDay(at) ? Math.floor((at - start) / minute) : -1;
    const found = firstMinute(fields, limit);
    if (found !== undefined) return start + found * minute;
  }
  return undefined;
}

function floorDay(at: number): number {
  return Math.floor(at / day) * day;
}

function namesDay({ days, months, weekdays }: CronFields, start: number): boolean {
  const date = new Date(start);
  return months.has(date.getUTCMonth() + 1) && days.has(date.getUTCDate()) && weekdays.has(date.getUTCDay());
}

/** At or before `limit`, in minutes of the day. */
function newestMinute({ hours, minutes }: CronFields, limit: number): number | undefined {
  for (const hour of hours.toReversed()) {
    const found = minutes.findLast((each) => hour * 60 + each <= limit);
    if (found !== undefined) return hour * 60 + found;
  }
  return undefined;
}

/** After `limit`. */
function firstMinute({ hours, minutes }: CronFields, limit: number): number | undefined {
  for (const hour of hours) {
    const found = minutes.find((each) => hour * 60 + each > limit);
    if (found !== undefined) return hour * 60 + found;
  }
  return undefined;
}
