import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { LifeboatError } from '../errors';

/**
 * Five cron fields (minute, hour, day of month, month, day of week) in a time zone. Throws LifeboatError `invalid` for
 * what is none, for one that is ambiguous (day of month and day of week together) and for one that never comes due.
 * @param from where `prev` and `next` count from
 */
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
  if (!/^[\d*,/a-z-]+$/i.test(fields.join('')) || /(^|[^a-z])[hl]([^a-z]|$)/i.test(fields.join(' '))) {
    throw invalid(
      expression,
      'has a field that is not plain cron',
      'use numbers, names of months and days, and "*", ",", "-", "/"',
    );
  }
  try {
    // Strict mode wants the field of seconds too.
    const cron = CronExpressionParser.parse(`0 ${fields.join(' ')}`, {
      strict: true,
      tz: timeZone,
      currentDate: from,
    });
    cron.next();
    return CronExpressionParser.parse(`0 ${fields.join(' ')}`, {
      strict: true,
      tz: timeZone,
      currentDate: from,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(expression, `cannot come due: ${reason}`, 'correct the fields');
  }
}

function invalid(expression: string, fault: string, hint: string): LifeboatError {
  return new LifeboatError('invalid', `schedule "${expression.slice(0, 80)}" ${fault}`, { hint });
}
