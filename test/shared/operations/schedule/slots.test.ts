import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { slotsOf } from '../../../../shared/operations/schedule/slots';
import { aSchedule, at } from './a-schedule';

const day = 24 * 3_600_000;

describe('the slots of a schedule', () => {
  it('lie within its windows, in its time zone', () => {
    const nightly = aSchedule({
      schedule: '0 */4 * * *',
      timeZone: 'Asia/Shanghai',
      windows: { allowed: ['Mon-Fri 22:00-06:00'], blackout: ['2026-11-25'] },
    });
    const due = [...slotsOf(nightly).all(at('2026-11-23T12:00:00Z'), at('2026-11-26T00:00:00Z'))];
    // Monday 20:00 in Shanghai to Thursday 08:00.
    expect(due.map(({ at, leftOut }) => [at.toISOString().slice(5, 16), leftOut ?? ''])).toEqual([
      ['11-23T16:00', ''],
      ['11-23T20:00', ''],
      ['11-24T00:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-24T04:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-24T08:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-24T12:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-24T16:00', 'it lies in the blackout window 2026-11-25'],
      ['11-24T20:00', 'it lies in the blackout window 2026-11-25'],
      ['11-25T00:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-25T04:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-25T08:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-25T12:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
      ['11-25T16:00', ''],
      ['11-25T20:00', ''],
      ['11-26T00:00', 'it lies outside the allowed window Mon-Fri 22:00-06:00'],
    ]);
  });

  it('are explained where a person or a start leaves them out', () => {
    const made = aSchedule({ skipSlots: ['2026-11-22T02:00:00Z'], resumedAt: '2026-11-21T12:00:00Z' });
    const found = [...slotsOf(made).all(at('2026-11-20T12:00:00Z'), at('2026-11-23T12:00:00Z'))];
    expect(found.map(({ leftOut }) => leftOut)).toEqual([
      'it lies before the schedule was resumed',
      'it was skipped by a person',
      undefined,
    ]);
  });

  it.each([
    ['a blackout of weeks', { blackout: ['2026-11-20/2026-12-31'] }],
    ['days that begin much later', { allowed: ['2027-01-01/2027-01-02', '2026-11-01'] }],
  ])('are found behind %s, each minute', (_, windows) => {
    const made = aSchedule({ schedule: '* * * * *', timeZone: 'Asia/Shanghai', jitter: '50s', windows });
    // Midnight in Shanghai.
    expect(slotsOf(made).next(at('2026-11-22T00:00:00Z'))?.at).toEqual(at('2026-12-31T16:00:00Z'));
  });

  it('are found one by one as they are listed, whatever leaves some out', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('*/30 * * * *', '0 */3 * * *', '45m', '15 1,13 * * *'),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
        fc.constantFrom(undefined, '20m'),
        fc.oneof(
          fc.subarray(['Mon-Fri 20:00-08:00', '12:00-18:00', 'Sun 00:00-24:00'], { minLength: 1 }),
          fc.subarray(['2026-12-27', '2026-12-30/2027-01-06', '2027-01-19'], { minLength: 1 }),
        ),
        fc.subarray(['2027-01-05/2027-01-08', '23:00-01:00', 'Mon 00:00-24:00']),
        fc.integer({ min: 0, max: 20 * day }),
        (schedule, timeZone, jitter, allowed, blackout, offset) => {
          const made = aSchedule({ schedule, timeZone, jitter, windows: { allowed, blackout } });
          const slots = slotsOf(made);
          const from = new Date(Date.parse('2026-12-25T00:00:00Z') + offset);
          const until = new Date(from.getTime() + 10 * day);
          const listed = [...slots.all(from, until)].filter(({ leftOut }) => !leftOut).map(({ due }) => due);
          const next: Date[] = [];
          for (let slot = slots.next(from); slot && slot.due <= until; slot = slots.next(slot.due)) {
            next.push(slot.due);
            expect(slots.mayStart(slot.due)).toBe(true);
            expect(slots.newest(slot.due)).toEqual(slot);
          }
          expect(next).toEqual(listed);
        },
      ),
      { numRuns: 60 },
    );
  });
});
