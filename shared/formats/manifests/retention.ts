import * as v from 'valibot';
import { fault } from '../../platform/input/parse';

/** How many periods a rule keeps a backup of. */
const count = v.pipe(
  v.number(),
  v.check((number) => number !== 0, fault('keeps nothing', 'give a number from 1, or leave the rule out')),
  v.check(
    (number) => Number.isSafeInteger(number) && number > 0,
    fault('is not a count', 'give a whole number from 1'),
  ),
);

const within = /^(?:(\d{1,4})y)?(?:(\d{1,5})m)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?$/;

/** A span as restic writes it. `m` is months. */
export interface Span {
  years: number;
  months: number;
  days: number;
  hours: number;
}

/** `2y5m7d3h` → its parts; undefined when the text is no such span. */
export function parseSpan(text: string): Span | undefined {
  const parts = within.exec(text);
  if (!parts || text === '') return undefined;
  const [years = 0, months = 0, days = 0, hours = 0] = parts.slice(1).map((digits) => Number(digits ?? 0));
  return { years, months, days, hours };
}

const spanSchema = v.pipe(
  v.string(),
  v.check(
    (text) => parseSpan(text) !== undefined,
    fault('is not a span', 'write years, months, days and hours in this order, for example 1y6m, 14d or 36h'),
  ),
  v.check(
    (text) => /[1-9]/.test(text),
    fault('keeps nothing', 'give a span longer than nothing, or leave the rule out'),
  ),
);

/**
 * Which backups of a schedule are kept beyond their TTL, in restic's words (`restic forget --keep-…`): a backup stays while
 * any of the rules keeps it. Periods are those of the schedule's time zone; weeks are ISO's.
 */
export const retentionSchema = v.pipe(
  v.strictObject({
    /** The newest so many. */
    keepLast: v.optional(count),
    /** The newest of each of the newest so many hours that have one. */
    keepHourly: v.optional(count),
    keepDaily: v.optional(count),
    keepWeekly: v.optional(count),
    keepMonthly: v.optional(count),
    keepYearly: v.optional(count),
    /** All that are less than this older than the newest. */
    keepWithin: v.optional(spanSchema),
    /** The newest so many that are not Completed; the other rules count Completed ones only. */
    keepFailed: v.optional(count),
  }),
  v.check(
    (rules) => Object.values(rules).some((rule) => rule !== undefined),
    fault(
      'keeps nothing',
      'give at least one rule, for example keepDaily: 7, or leave it out: then the TTL decides',
    ),
  ),
);

export type Retention = v.InferOutput<typeof retentionSchema>;
