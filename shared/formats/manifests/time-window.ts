import * as v from 'valibot';
import { fault } from '../../platform/input/parse';

/** A stretch of the clock in the schedule's own time zone. */
export type TimeWindow = DailyWindow | DatedWindow;

/** Minutes of the day, `to` exclusive; where `to` is the lesser it ends on the next day. `days` (0 = Sunday) are those on which it begins. */
interface DailyWindow {
  days: ReadonlySet<number>;
  from: number;
  to: number;
}

/** Whole days, both included, as `2026-11-22`. */
interface DatedWindow {
  first: string;
  last: string;
}

/** What a clock on the wall shows. */
export interface WallTime {
  date: string;
  /** 0 = Sunday. */
  weekday: number;
  /** Of the day. */
  minute: number;
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const remedy = 'write it as "22:00-06:00", "Mon-Fri 22:00-06:00", "2026-11-11" or "2026-11-10/2026-11-12"';

/** One window as people write it. */
export const timeWindowSchema = v.pipe(
  v.string(),
  v.check((text) => readWindow(text) !== undefined, fault('is not a window', remedy)),
  v.check((text) => !isEmpty(readWindow(text)), fault('is an empty window', 'write its end after its start')),
);

/** Reads what `timeWindowSchema` took. */
export function parseTimeWindow(text: string): TimeWindow {
  const window = readWindow(text);
  if (!window) throw new TypeError(`not a window: ${text}`);
  return window;
}

/** Whether a window covers a moment of its zone's wall clock. One that ends before it begins goes on past midnight. */
export function covers(window: TimeWindow, { date, weekday, minute }: WallTime): boolean {
  if ('first' in window) return window.first <= date && date <= window.last;
  const { days, from, to } = window;
  if (from < to) return days.has(weekday) && from <= minute && minute < to;
  return (days.has(weekday) && minute >= from) || (days.has((weekday + 6) % 7) && minute < to);
}

function readWindow(text: string): TimeWindow | undefined {
  return readDated(text.trim()) ?? readDaily(text.trim());
}

function readDated(text: string): DatedWindow | undefined {
  const [, first, last = first] = /^(\d{4}-\d\d-\d\d)(?:\/(\d{4}-\d\d-\d\d))?$/.exec(text) ?? [];
  return first && last && isDate(first) && isDate(last) ? { first, last } : undefined;
}

function readDaily(text: string): DailyWindow | undefined {
  const [, dayList, start, end] = /^(?:([A-Za-z,-]+) +)?(\d\d:\d\d) *- *(\d\d:\d\d)$/.exec(text) ?? [];
  if (!start || !end) return undefined;
  const days = dayList ? readDays(dayList) : new Set(dayNames.keys());
  const from = minuteOfDay(start);
  const to = minuteOfDay(end);
  // 24:00 ends a day; none begins there.
  return days && from < 1440 && to <= 1440 ? { days, from, to } : undefined;
}

/** `Mon-Fri,Sun`; a range may run over the weekend. */
function readDays(list: string): Set<number> | undefined {
  const days = new Set<number>();
  for (const range of list.split(',')) {
    const ends = range.split('-').map((name) => dayNames.indexOf(name.toLowerCase()));
    const [first = -1, last = first] = ends;
    if (ends.length > 2 || first < 0 || last < 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

function minuteOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return minutes < 60 ? hours * 60 + minutes : Number.POSITIVE_INFINITY;
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isEmpty(window: TimeWindow | undefined): boolean {
  if (!window) return true;
  return 'first' in window ? window.last < window.first : window.from === window.to;
}
