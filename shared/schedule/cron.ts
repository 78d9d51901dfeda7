import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { LifeboatError } from '../errors';

/**
 * Throws LifeboatError `invalid` unless the expression is five cron fields (minute, hour, day of month, month, day of
 * week), says one thing (not day of month and day of week together), and comes due some time.
 */
export function assertCron(expression: string, timeZone: string): void {
  cronAt(expression, timeZone, new Date());
}

/** The expression in a time zone; `prev` and `next` of it count from `from`. Throws as `assertCron`. */
export function cronAt(expression: string, timeZone: string, from: Date): CronExpression {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw invalid(
      expression,
      'has not five fields',
      'write minute, hour, day of month, month and day of week, as in "0 2 * * *"',
    );
  }
  // cron-parser takes `H` for a random value and `L`, `#` and `?` for extensions; none of them is plain cron.
  if (!fields.every((field) => plainField.test(field))) {
    throw invalid(
      expression,
      'has a field that is not plain cron',
      'use numbers, names of months and days (JAN, MON), and "*", ",", "-", "/"',
    );
  }
  const parse = () =>
    // Strict mode wants the field of seconds too.
    CronExpressionParser.parse(`0 ${fields.join(' ')}`, { strict: true, tz: timeZone, currentDate: from });
  try {
    parse().next();
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(expression, `cannot come due: ${reason}`, 'correct the fields');
  }
}

const plainField = /^(\*|\d+|[a-z]{3})((-|\/|,|,\*\/)(\d+|[a-z]{3}))*$/i;

function invalid(expression: string, fault: string, hint: string): LifeboatError {
  return new LifeboatError('invalid', `schedule "${expression.slice(0, 80)}" ${fault}`, { hint });
}
