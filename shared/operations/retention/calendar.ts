import { parseSpan } from '../../formats/manifests/retention';

/** The periods that a point in time lies in, each named so that two times share a name exactly when they share the period. */
export interface Periods {
  hour: string;
  day: string;
  week: string;
  month: string;
  year: string;
}

const oneDay = 86_400_000;

/**
 * Names the periods of a time zone, by its own clock. The hour that comes twice when the clocks go back is two hours; weeks
 * are those of ISO 8601, as in restic.
 * @param timeZone an IANA name
 */
export function calendar(timeZone: string): (at: Date) => Periods {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    timeZoneName: 'longOffset',
  });
  return (at) => {
    const parts: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = value;
    const { year = '', month = '', day = '', hour = '', timeZoneName = '' } = parts;
    return {
      hour: `${year}-${month}-${day}T${hour} ${timeZoneName}`,
      day: `${year}-${month}-${day}`,
      week: isoWeek(Number(year), Number(month), Number(day)),
      month: `${year}-${month}`,
      year,
    };
  };
}

/** `2026-W48`: a week belongs to the year that its Thursday lies in. */
function isoWeek(year: number, month: number, day: number): string {
  const date = Date.UTC(year, month - 1, day);
  const weekday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = new Date(date + (3 - weekday) * oneDay);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / oneDay / 7) + 1;
  return `${thursday.getUTCFullYear()}-W${week}`;
}

/**
 * The point in time that lies a span (`2y5m7d3h`) before another, in UTC. Of months that are too short their last day:
 * a month before 31 March is 28 February.
 */
export function before(at: Date, span: string): Date {
  const parts = parseSpan(span);
  if (!parts) throw new RangeError(`${span} is no span`);
  const { years, months, days, hours } = parts;
  const month = at.getUTCFullYear() * 12 + at.getUTCMonth() - years * 12 - months;
  const last = new Date(Date.UTC(Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 0)).getUTCDate();
  const moved = new Date(at);
  moved.setUTCFullYear(Math.floor(month / 12), ((month % 12) + 12) % 12, Math.min(at.getUTCDate(), last));
  return new Date(moved.getTime() - days * oneDay - hours * 3_600_000);
}
