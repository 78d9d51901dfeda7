import { describe, expect, it } from '@jest/globals';
import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { readCron } from '../../../../shared/operations/schedule/cron';
import { cronAfter, cronBefore } from '../../../../shared/operations/schedule/cron-walk';
import { timingOf } from '../../../../shared/operations/schedule/timing';

describe('a cron expression', () => {
  it.each([
    '*/5 * * * *',
    '0 2 * * 1-5',
    '0 2 * JAN,JUL *',
    '30 6 * * MON-FRI',
    '0-30/10 * * * *',
    '0 0 29 2 *',
    '0 2 31 2,3 *',
  ])('may be %s', (expression) => {
    expect(() => readCron(expression)).not.toThrow();
  });

  it.each([
    ['', 'nor has five fields'],
    ['0 2 * *', 'nor has five fields'],
    ['0 0 2 * * *', 'nor has five fields'],
    ['@reboot', 'is no name of a schedule'],
    ['@Daily', 'is no name of a schedule'],
    ['@daily 0', 'is no name of a schedule'],
    ['CRON_TZ=UTC 0 2 * * *', 'names a time zone'],
    ['TZ=Asia/Shanghai 0 2 * * *', 'names a time zone'],
    ['H 2 * * *', 'is not plain cron'],
    ['0 2 L * *', 'is not plain cron'],
    ['0 2 ? * *', 'is not plain cron'],
    ['61 2 * * *', 'cannot come due'],
    ['*/0 2 * * *', 'cannot come due'],
    ['0 5-2 * * *', 'cannot come due'],
    ['0 2 31 2 *', 'cannot come due'],
    ['0 2 30 2 *', 'cannot come due'],
    ['0 2 31 4,6,9,11 *', 'cannot come due'],
    ['0 2 1 * 1', 'cannot come due'],
  ])('is refused when it is "%s"', (expression, fault) => {
    expect(() => readCron(expression)).toThrow(fault);
  });

  it.each([
    ['@yearly', '2027-01-01T00:00:00Z'],
    ['@annually', '2027-01-01T00:00:00Z'],
    ['@monthly', '2026-12-01T00:00:00Z'],
    // A Sunday.
    ['@weekly', '2026-11-29T00:00:00Z'],
    ['@daily', '2026-11-26T00:00:00Z'],
    ['@midnight', '2026-11-26T00:00:00Z'],
    ['@hourly', '2026-11-25T11:00:00Z'],
    [' @daily ', '2026-11-26T00:00:00Z'],
  ])('may be %s, which comes due when a Velero would make it', (schedule, next) => {
    const times = { schedule, timeZone: 'UTC', startAt: '2026-11-01T00:00:00Z' };
    const after = timingOf(times).after(Date.parse('2026-11-25T10:30:00Z'));
    expect(after).toBe(Date.parse(next));
  });

  it('comes due at the midnight of its time zone when it is @daily', () => {
    const times = { schedule: '@daily', timeZone: 'Asia/Shanghai', startAt: '2026-11-01T00:00:00Z' };
    expect(timingOf(times).after(Date.parse('2026-11-25T10:30:00Z'))).toBe(
      Date.parse('2026-11-25T16:00:00Z'),
    );
  });

  it('comes due when cron-parser says, where no clock changes', () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min, max }).map(String),
        fc
          .uniqueArray(fc.integer({ min, max }), { minLength: 2, maxLength: 4 })
          .map((values) => values.join(',')),
        fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
      );
    const days = fc.oneof(fc.tuple(field(1, 28), fc.constant('*')), fc.tuple(fc.constant('*'), field(0, 6)));
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        field(1, 12),
        days,
        fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        (minute, hour, month, [day, weekday], from) => {
          const expression = [minute, hour, day, month, weekday].join(' ');
          const reference = () =>
            CronExpressionParser.parse(`0 ${expression}`, { strict: true, tz: 'UTC', currentDate: from });
          const fields = readCron(expression);
          expect(cronAfter(fields, from.getTime())).toBe(reference().next().getTime());
          expect(cronBefore(fields, from.getTime() - 1)).toBe(reference().prev().getTime());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('names Sunday by 0, 7 and SUN', () => {
    for (const sunday of ['0', '7', 'SUN']) {
      expect([...readCron(`0 2 * * ${sunday}`).weekdays]).toEqual([0]);
    }
  });

  it('finds 29 February over a century that has none', () => {
    const fields = readCron('0 0 29 2 *');
    expect(cronAfter(fields, Date.UTC(2096, 2, 1))).toBe(Date.UTC(2104, 1, 29));
    expect(cronBefore(fields, Date.UTC(2104, 1, 28))).toBe(Date.UTC(2096, 1, 29));
  });
});
