import { describe, expect, it } from '@jest/globals';
import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { timingOf } from '../../../../shared/operations/schedule/timing';

/** Every slot in (from, until], found forwards; found backwards they must be the same. */
function slots(schedule: string, timeZone: string, from: string, until: string): string[] {
  const timing = timingOf({ schedule, timeZone, startAt: '2000-01-01T00:00:00Z' });
  const forwards: number[] = [];
  const [start, end] = [Date.parse(from), Date.parse(until)];
  for (let at = timing.after(start); at !== undefined && at <= end; at = timing.after(at)) forwards.push(at);
  const backwards: number[] = [];
  for (let at = timing.before(end); at !== undefined && at > start; at = timing.before(at - 1))
    backwards.push(at);
  expect(backwards.toReversed()).toEqual(forwards);
  return forwards.map((at) => new Date(at).toISOString().slice(0, 16));
}

// Berlin 2026: on 29 March at 02:00 clocks go to 03:00 (01:00 UTC); on 25 October at 03:00 back to 02:00 (01:00 UTC).
const spring = ['2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z'] as const;
const autumn = ['2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z'] as const;

describe('in the hour that clocks leave out in spring', () => {
  it.each([
    ['30 2 * * *', ['2026-03-29T01:30', '2026-03-30T00:30']],
    ['0 2 * * *', ['2026-03-29T01:00', '2026-03-30T00:00']],
    ['59 2 * * SUN', ['2026-03-29T01:59']],
  ])('%s comes as much later as clocks are set on', (schedule, expected) => {
    expect(slots(schedule, 'Europe/Berlin', ...spring)).toEqual(expected);
  });

  it('what falls together is one slot', () => {
    expect(slots('30 2,3 * * *', 'Europe/Berlin', ...spring)).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
      '2026-03-30T01:30',
    ]);
  });

  it('what comes round every hour or every few minutes keeps to its distance', () => {
    const night = ['2026-03-28T23:30:00Z', '2026-03-29T02:00:00Z'] as const;
    expect(slots('15 * * * *', 'Europe/Berlin', ...night)).toEqual(['2026-03-29T00:15', '2026-03-29T01:15']);
    expect(slots('*/30 * * * *', 'Europe/Berlin', ...night)).toEqual([
      '2026-03-29T00:00',
      '2026-03-29T00:30',
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-29T02:00',
    ]);
  });

  it('midnight may be left out', () => {
    // Beirut 2026: clocks go from 29 March 00:00 (22:00 UTC) to 01:00.
    const around = ['2026-03-28T00:00:00Z', '2026-03-30T00:00:00Z'] as const;
    expect(slots('0 0 * * *', 'Asia/Beirut', ...around)).toEqual(['2026-03-28T22:00', '2026-03-29T21:00']);
  });
});

describe('in the hour that clocks show twice in autumn', () => {
  it.each([
    ['30 2 * * *', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['0 2 * * *', ['2026-10-25T00:00', '2026-10-26T01:00']],
    ['0,30 2 * * SUN', ['2026-10-25T00:00', '2026-10-25T00:30']],
  ])('%s comes once, the first time', (schedule, expected) => {
    expect(slots(schedule, 'Europe/Berlin', ...autumn)).toEqual(expected);
  });

  it('what comes round every hour comes both times', () => {
    expect(slots('15 * * * *', 'Europe/Berlin', '2026-10-24T23:30:00Z', '2026-10-25T02:30:00Z')).toEqual([
      '2026-10-25T00:15',
      '2026-10-25T01:15',
      '2026-10-25T02:15',
    ]);
  });

  it('what comes round every few minutes comes in the order of real time', () => {
    expect(slots('*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:45:00Z', '2026-10-25T02:15:00Z')).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
    ]);
  });

  it('half an hour may be shown twice', () => {
    // Lord Howe 2026: on 5 April at 02:00 (15:00 UTC the day before) clocks go back to 01:30.
    const around = ['2026-04-04T00:00:00Z', '2026-04-05T12:00:00Z'] as const;
    expect(slots('45 1 * * *', 'Australia/Lord_Howe', ...around)).toEqual(['2026-04-04T14:45']);
    expect(
      slots('45 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:00:00Z', '2026-04-04T16:30:00Z'),
    ).toEqual(['2026-04-04T14:45', '2026-04-04T15:15', '2026-04-04T16:15']);
  });
});

describe('the times of a schedule', () => {
  it('are the same looked at forwards and backwards, in every zone and from any moment', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(
          '30 2 * * *',
          '0 0 * * *',
          '15 * * * *',
          '*/20 1-3 * * *',
          '10 */2 * * *',
          '59 23 * * SUN',
        ),
        fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        (timeZone, schedule, from) => {
          const timing = timingOf({ schedule, timeZone, startAt: '2000-01-01T00:00:00Z' });
          const next = timing.after(from.getTime())!;
          expect(next).toBeGreaterThan(from.getTime());
          expect(timing.before(next)).toBe(next);
          expect(timing.after(next - 1)).toBe(next);
          const before = timing.before(next - 1)!;
          expect(before).toBeLessThanOrEqual(from.getTime());
          expect(timing.after(before)).toBe(next);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('make a daily schedule come once on each day of the calendar, whatever the zone', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'Asia/Beirut',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (timeZone, hour, minute) => {
          const days = slots(
            `${minute} ${hour} * * *`,
            timeZone,
            '2026-01-10T12:00:00Z',
            '2027-01-09T12:00:00Z',
          );
          expect(days).toHaveLength(364);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are not left to cron-parser, whose two directions disagree where clocks change', () => {
    const reference = (from: string) =>
      CronExpressionParser.parse('0 30 2 * * *', {
        strict: true,
        tz: 'Europe/Berlin',
        currentDate: new Date(from),
      });
    const [afterGap, beforeGap] = ['2026-03-29T12:00:00Z', '2026-03-28T12:00:00Z'];
    expect(reference(beforeGap).next().toISOString()).toBe('2026-03-29T01:30:00.000Z');
    expect(reference(afterGap).prev().toISOString()).toBe('2026-03-28T01:30:00.000Z');
    const [afterRepeat, beforeRepeat] = ['2026-10-25T12:00:00Z', '2026-10-24T12:00:00Z'];
    expect(reference(beforeRepeat).next().toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(reference(afterRepeat).prev().toISOString()).toBe('2026-10-25T01:30:00.000Z');
  });
});
