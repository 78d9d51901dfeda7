import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { LifeboatError } from '../errors';

/** The values of each field; Sunday is 0. */
export interface CronFields {
  minutes: readonly number[];
  hours: readonly number[];
  /** Of the month. */
  days: ReadonlySet<number>;
  /** 1 is January. */
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
}

/**
 * Reads five cron fields: minute, hour, day of month, month, day of week. Throws LifeboatError `invalid` unless they are
 * plain cron, say one thing (not day of month and day of week together), and name a day that exists.
 */
export function readCron(expression: string): CronFields {
  const texts = expression.trim().split(/\s+/);
  if (/^(CRON_)?TZ=/.test(texts[0]!)) {
    throw invalid(expression, 'names a time zone', 'set the time zone by itself (timeZone, --time-zone)');
  }
  if (texts.length !== 5) {
    throw invalid(
      expression,
      'is neither an interval nor has five fields',
      'write minute, hour, day of month, month and day of week, as in "0 2 * * *", or an interval as in 6h30m',
    );
  }
  // cron-parser takes `H` for a random value and `L`, `#` and `?` for extensions; none of them is plain cron.
  if (!texts.every((text) => plainField.test(text))) {
    throw invalid(
      expression,
      'has a field that is not plain cron',
      'use numbers, names of months and days (JAN, MON), and "*", ",", "-", "/"',
    );
  }
  const { minute, hour, dayOfMonth, month, dayOfWeek } = parsed(expression, texts).fields;
  return {
    minutes: numbers(minute.values),
    hours: numbers(hour.values),
    days: new Set(numbers(dayOfMonth.values)),
    months: new Set(numbers(month.values)),
    weekdays: new Set(numbers(dayOfWeek.values).map((day) => day % 7)),
  };
}

const plainField = /^(\*|\d+|[a-z]{3})((-|\/|,|,\*\/)(\d+|[a-z]{3}))*$/i;

function parsed(expression: string, texts: readonly string[]): CronExpression {
  try {
    // Strict mode wants the field of seconds too.
    return CronExpressionParser.parse(`0 ${texts.join(' ')}`, { strict: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(expression, `cannot come due: ${reason}`, 'correct the fields');
  }
}

function numbers(values: readonly (number | string)[]): number[] {
  return values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
}

function invalid(expression: string, fault: string, hint: string): LifeboatError {
  return new LifeboatError('invalid', `schedule "${expression.slice(0, 80)}" ${fault}`, { hint });
}
