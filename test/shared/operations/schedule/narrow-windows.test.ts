import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Schedule } from '../../../../shared/formats/manifests/schedule';
import { type Slot, slotsOf } from '../../../../shared/operations/schedule/slots';
import { aSchedule, at } from './a-schedule';

const hour = 3_600_000;
const day = 24 * hour;

/** Zones with changes of every kind, each with a moment close to one. */
const changes: [string, string][] = [
  ['UTC', '2026-11-22T00:00:00Z'],
  ['Europe/Berlin', '2027-03-28T01:00:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z'],
  ['Australia/Lord_Howe', '2027-04-03T15:00:00Z'],
  ['Asia/Kolkata', '2027-01-01T00:00:00Z'],
  // Sets its clock back from 01:00 to midnight.
  ['America/Havana', '2026-11-01T05:00:00Z'],
  // Set it back a minute after midnight, to 23:01 of the day before.
  ['America/St_Johns', '2010-11-07T02:31:00Z'],
  // Left a whole day out.
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
];

/** The slow way: every point in time of `days` is looked at. */
function listed(schedule: Schedule, from: number, until: number): Slot[] {
  return [...slotsOf(schedule).all(new Date(from), new Date(until))].filter(
    ({ leftOut }) => leftOut === undefined,
  );
}

const windows = fc.record({
  allowed: fc.oneof(
    fc.subarray(['Sun 03:00-04:00', 'Mon-Fri 22:00-06:00', '12:00-12:01', 'Sat,Wed 23:30-24:00'], {
      maxLength: 3,
    }),
    fc.subarray(['00:20-00:50', '02:00-02:10', '23:50-00:05'], { minLength: 1 }),
  ),
  blackout: fc.subarray(['01:00-02:30', 'Sun 00:00-24:00', '23:00-00:10', 'Tue 05:00-05:01']),
  // Days after the first that is looked at: their dates depend on it.
  allowedDays: fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 2 }),
  blackDays: fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 2 }),
});

describe('slots within narrow windows', () => {
  it('are those that the slow way finds, in both directions, also where clocks change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        fc.constantFrom(
          '* * * * *',
          '*/7 * * * *',
          '30 * * * *',
          '25 2 * * *',
          '1h',
          '61m',
          '10 1-3 * * 0,3',
        ),
        fc.constantFrom(undefined, '50s', '40m'),
        windows,
        fc.integer({ min: -3 * day, max: 3 * day }),
        ([timeZone, change], schedule, jitter, { allowed, blackout, allowedDays, blackDays }, offset) => {
          const date = (days: number) => new Date(Date.parse(change) + days * day).toISOString().slice(0, 10);
          const made = aSchedule({
            schedule,
            timeZone,
            startAt: '2009-01-01T00:00:30Z',
            ...(jitter && schedule !== '* * * * *' && { jitter }),
            windows: {
              allowed: [...allowed, ...allowedDays.map(date)],
              blackout: [...blackout, ...blackDays.map(date)],
            },
          });
          const slots = slotsOf(made);
          const now = Date.parse(change) + offset;
          const looked = (schedule === '* * * * *' ? 2 : 8) * day;
          const before = listed(made, now - looked, now);
          const after = listed(made, now, now + looked);
          const newest = slots.newest(new Date(now));
          const next = slots.next(new Date(now));
          if (before.length > 0) expect(newest).toEqual(before.at(-1));
          else if (newest) expect(newest.due.getTime()).toBeLessThanOrEqual(now - looked);
          if (after.length > 0) expect(next).toEqual(after[0]);
          else if (next) expect(next.due.getTime()).toBeGreaterThan(now + looked);
          if (newest) expect(slots.mayStart(newest.due)).toBe(true);
          if (next) expect(slots.mayStart(next.due)).toBe(true);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('are found past any number of slots that a person skipped', () => {
    const skipSlots = [1, 2, 3].map((n) => `2026-11-22T03:5${6 + n}:00Z`);
    const made = aSchedule({ schedule: '* * * * *', windows: { allowed: ['Sun 03:00-04:00'] }, skipSlots });
    expect(slotsOf(made).newest(at('2026-11-28T12:00:00Z'))?.at).toEqual(at('2026-11-22T03:56:00Z'));
  });

  it('are found where the allowed days are years away', () => {
    const made = aSchedule({
      schedule: '* * * * *',
      timeZone: 'Asia/Tokyo',
      windows: { allowed: ['2031-03-01'] },
    });
    const slots = slotsOf(made);
    expect(slots.next(at('2026-11-28T12:00:00Z'))?.at).toEqual(at('2031-02-28T15:00:00Z'));
    expect(slots.newest(at('2036-11-28T12:00:00Z'))?.at).toEqual(at('2031-03-01T14:59:00Z'));
    expect(slots.next(at('2031-03-01T14:59:00Z'))).toBeUndefined();
    expect(slots.newest(at('2031-02-28T14:59:00Z'))).toBeUndefined();
  });
});

describe('what a schedule with narrow windows costs a tick', () => {
  const hourly = Array.from(
    { length: 24 },
    (_, i) => `${String(i).padStart(2, '0')}:00-${String(i).padStart(2, '0')}:10`,
  );
  const cases: [string, object][] = [
    ['every minute, an hour a week', { schedule: '* * * * *', windows: { allowed: ['Sun 03:00-04:00'] } }],
    ['every minute, one minute a day', { schedule: '* * * * *', windows: { blackout: ['03:01-03:00'] } }],
    [
      'an interval that seldom meets its window',
      { schedule: '61m', windows: { allowed: ['Sun 03:00-03:01'] } },
    ],
    ['times that no window of the day holds', { schedule: '30 * * * *', windows: { allowed: hourly } }],
    [
      'a 29 February that must be a Sunday',
      { schedule: '0 3 29 2 *', windows: { allowed: ['Sun 03:00-04:00'] } },
    ],
    [
      'a hundred dates that are over',
      {
        schedule: '* * * * *',
        windows: {
          allowed: Array.from({ length: 100 }, (_, i) =>
            new Date(Date.parse('2020-01-01') + i * 2 * day).toISOString().slice(0, 10),
          ),
        },
      },
    ],
  ];

  it.each(cases)('is less than 25 ms of CPU in each direction: %s', (_, spec) => {
    const made = aSchedule({ timeZone: 'Europe/Berlin', startAt: '1990-01-01T00:00:00Z', ...spec });
    const began = process.cpuUsage();
    for (let i = 0; i < 20; i += 1) {
      const slots = slotsOf(made);
      const now = new Date(Date.parse('2026-11-28T12:00:00Z') + i * hour);
      slots.newest(now);
      slots.next(now);
    }
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });
});
