import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { LifeboatError } from '../../platform/errors';

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

/** The names that Velero's parser reads (github.com/robfig/cron, parseDescriptor), in lower case only; `@every` is an interval. */
const descriptors = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/**
 * Reads a name such as `@daily`, or five cron fields: minute, hour, day of month, month, day of week. Throws LifeboatError `invalid` unless they are
 * plain cron, say one thing (not day of month and day of week together), and name a day that exists.
 */
export function readCron(expression: string): CronFields {
  const written = expression.trim();
  if (written.startsWith('@') && !descriptors.has(written)) {
    throw invalid(
      expression,
      'is no name of a schedule',
      `write one of ${[...descriptors.keys()].join(', ')}, an interval as in @every 6h, or five cron fields`,
    );
  }
  const texts = (descriptors.get(written) ?? written).split(/\s+/);
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

const fieldNames = [
  { name: 'minute', takes: '0-59' },
  { name: 'hour', takes: '0-23' },
  { name: 'day of month', takes: '1-31' },
  { name: 'month', takes: '1-12 or JAN-DEC' },
  { name: 'day of week', takes: '0-7 or SUN-SAT' },
] as const;

function parsed(expression: string, texts: readonly string[]): CronExpression {
  const read = parseStrictly(texts);
  if (read) return read;
  const wrong = texts.findIndex(
    (text, field) => !parseStrictly(fieldNames.map((_, i) => (i === field ? text : '*'))),
  );
  if (wrong >= 0) {
    const { name, takes } = fieldNames[wrong]!;
    throw invalid(
      expression,
      `cannot come due: "${texts[wrong]}" is no ${name}`,
      `use ${takes}, smaller first`,
    );
  }
  // Each field can be read; two of them cannot together.
  if (texts[2] !== '*' && texts[4] !== '*') {
    throw invalid(
      expression,
      'cannot come due: it names days of the month and of the week together',
      'write * for one of the two: cron implementations disagree on what both mean',
    );
  }
  throw invalid(
    expression,
    `cannot come due: no month of "${texts[3]}" has a day ${texts[2]}`,
    'correct the day of month or the month',
  );
}

function parseStrictly(texts: readonly string[]): CronExpression | undefined {
  try {
    // Strict mode wants the field of seconds too.
    return CronExpressionParser.parse(`0 ${texts.join(' ')}`, { strict: true });
  } catch {
    return undefined;
  }
}

function numbers(values: readonly (number | string)[]): number[] {
  return values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
}

function invalid(expression: string, fault: string, hint: string): LifeboatError {
  return new LifeboatError('invalid', `schedule "${expression.slice(0, 80)}" ${fault}`, { hint });
}
