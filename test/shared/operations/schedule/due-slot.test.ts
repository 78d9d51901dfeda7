import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Schedule } from '../../../../shared/formats/manifests/schedule';
import { dueSlot, longestCatchUp, onTime } from '../../../../shared/operations/schedule/due-slot';
import { slotsOf } from '../../../../shared/operations/schedule/slots';
import { aSchedule, at } from './a-schedule';

/** The slot that is due, or the reason why none is. */
function due(schedule: Schedule, now: string): string {
  const found = dueSlot(schedule, at(now));
  return 'slot' in found ? found.slot.at.toISOString() : found.none;
}

const hour = 3_600_000;

describe('a due slot', () => {
  it('is the newest one at or before now', () => {
    expect(due(aSchedule(), '2026-11-22T02:00:00Z')).toBe('2026-11-22T02:00:00.000Z');
    expect(due(aSchedule(), '2026-11-22T02:00:00.999Z')).toBe('2026-11-22T02:00:00.000Z');
    expect(due(aSchedule(), '2026-11-22T01:59:59.999Z')).toBe('2026-11-21T02:00:00.000Z');
  });

  it('is none before the first one after the schedule was made, nor while it is paused', () => {
    expect(due(aSchedule(), '2026-11-20T10:01:00Z')).toBe('no slot has come due yet');
    expect(due(aSchedule(), '2026-11-21T01:59:00Z')).toBe('no slot has come due yet');
    expect(due(aSchedule({ startAt: '2026-11-21T02:00:00Z' }), '2026-11-21T02:00:00Z')).toBe(
      'no slot has come due yet',
    );
    expect(due(aSchedule({ paused: true }), '2026-11-22T02:00:00Z')).toBe('the schedule is paused');
  });

  it('is none of the time before it was resumed', () => {
    const resumed = aSchedule({ resumedAt: '2026-11-25T08:00:00Z' });
    expect(due(resumed, '2026-11-25T08:01:00Z')).toBe('no slot has come due yet');
    expect(slotsOf(resumed).next(at('2026-11-25T08:01:00Z'))?.at).toEqual(at('2026-11-26T02:00:00Z'));
    expect(due(resumed, '2026-11-26T02:00:30Z')).toBe('2026-11-26T02:00:00.000Z');
  });

  it('is one after days of outage, not one for each day; by missedRun skip it is none', () => {
    expect(due(aSchedule(), '2026-11-29T17:00:00Z')).toBe('2026-11-29T02:00:00.000Z');
    const skipping = aSchedule({ missedRun: 'skip' });
    expect(due(skipping, '2026-11-29T17:00:00Z')).toBe('its newest slot was missed, and missedRun is skip');
    expect(due(skipping, '2026-11-29T02:10:00Z')).toBe('2026-11-29T02:00:00.000Z');
    expect(due(skipping, '2026-11-29T02:10:01Z')).toBe('its newest slot was missed, and missedRun is skip');
  });

  it('is not caught up with after 30 days', () => {
    const yearly = aSchedule({ schedule: '0 2 1 1 *', startAt: '2025-06-01T00:00:00Z' });
    expect(due(yearly, '2026-01-31T02:00:00Z')).toBe('2026-01-01T02:00:00.000Z');
    expect(due(yearly, '2026-01-31T02:00:01Z')).toBe('its newest slot was missed more than 30 days ago');
  });

  it('is not one that a person skipped; the one before stays what it was', () => {
    const skipping = aSchedule({ skipSlots: ['2026-11-23T02:00:00Z'] });
    expect(due(skipping, '2026-11-23T02:00:30Z')).toBe('2026-11-22T02:00:00.000Z');
    expect(due(skipping, '2026-11-24T02:00:30Z')).toBe('2026-11-24T02:00:00.000Z');
    expect(slotsOf(skipping).next(at('2026-11-22T02:00:00Z'))?.at).toEqual(at('2026-11-24T02:00:00Z'));
  });

  it('counts an interval from the start that is stored, whatever the tick', () => {
    const often = aSchedule({ schedule: '6h30m', startAt: '2026-11-20T10:00:00Z' });
    expect(due(often, '2026-11-20T16:29:59Z')).toBe('no slot has come due yet');
    expect(due(often, '2026-11-20T16:30:00Z')).toBe('2026-11-20T16:30:00.000Z');
    expect(due(often, '2026-11-20T23:00:10Z')).toBe('2026-11-20T23:00:00.000Z');
    expect(slotsOf(often).next(at('2026-11-20T23:00:10Z'))?.at).toEqual(at('2026-11-21T05:30:00Z'));
    const resumed = aSchedule({ ...often.spec, resumedAt: '2026-11-20T20:00:00Z' });
    expect(slotsOf(resumed).next(at('2026-11-20T20:00:01Z'))?.at).toEqual(at('2026-11-20T23:00:00Z'));
  });

  it('is the same for every tick from one slot to the next, whatever the schedule', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('*/5 * * * *', '0 * * * *', '17 3 * * *', '0 0 1 * *', '30 6 * * MON-FRI', '6h30m'),
        fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        fc.constantFrom(undefined, '4m'),
        fc.constantFrom(undefined, { allowed: ['Mon-Fri 00:00-12:00'] }, { blackout: ['10:00-13:00'] }),
        fc.date({ min: at('2026-12-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (expression, timeZone, jitter, windows, now, part) => {
          const made = aSchedule({
            schedule: expression,
            timeZone,
            jitter,
            windows,
            startAt: '2026-01-01T00:00:00Z',
          });
          const next = slotsOf(made).next(now)!;
          expect(next.due.getTime()).toBeGreaterThan(now.getTime());
          expect(dueSlot(made, next.due)).toEqual({ slot: next });
          const after = slotsOf(made).next(next.due)!;
          expect(after.at.getTime()).toBeGreaterThan(next.at.getTime());
          const between =
            next.due.getTime() + Math.floor((after.due.getTime() - 1 - next.due.getTime()) * part);
          const found = dueSlot(made, new Date(between));
          if (between - next.due.getTime() <= onTime) expect(found).toEqual({ slot: next });
          else if ('slot' in found) expect(found.slot).toEqual(next);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is never caught up with outside the windows', () => {
    const made = aSchedule({ windows: { allowed: ['01:00-03:00'] } });
    expect(due(made, '2026-11-22T02:05:00Z')).toBe('2026-11-22T02:00:00.000Z');
    expect(due(made, '2026-11-22T17:00:00Z')).toBe('its newest slot was missed, and no window is open now');
    expect(due(made, '2026-11-23T01:00:00Z')).toBe('2026-11-22T02:00:00.000Z');
  });

  it('that was on time may start a little after its window', () => {
    const made = aSchedule({ windows: { allowed: ['01:00-02:01'] } });
    expect(due(made, '2026-11-22T02:09:00Z')).toBe('2026-11-22T02:00:00.000Z');
  });

  it('comes later by the jitter of the schedule, always the same', () => {
    const made = (name: string) => aSchedule({ jitter: '1h', schedule: '0 2 * * *' }, name);
    const offsets = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => {
      const slots = ['2026-11-21', '2027-06-01'].map(
        (day) => slotsOf(made(name)).next(at(`${day}T00:00:00Z`))!,
      );
      const [first, second] = slots.map((slot) => slot.due.getTime() - slot.at.getTime());
      expect(first).toBe(second);
      expect(slots[0]!.at).toEqual(at('2026-11-21T02:00:00Z'));
      return first!;
    });
    expect(offsets.every((offset) => offset >= 0 && offset <= hour)).toBe(true);
    expect(new Set(offsets).size).toBe(offsets.length);
  });

  it('catches up for no longer than runs are kept', () => {
    expect(longestCatchUp).toBeLessThan(35 * 24 * hour);
  });
});
