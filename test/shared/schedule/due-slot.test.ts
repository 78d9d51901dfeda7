import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Schedule } from '../../../shared/manifests/schedule';
import { assertCron } from '../../../shared/schedule/cron';
import { dueSlot, nextSlot } from '../../../shared/schedule/due-slot';

function schedule(spec: Partial<Schedule['spec']> = {}): Schedule {
  return {
    kind: 'Schedule',
    metadata: { name: 'daily' },
    spec: {
      schedule: '0 2 * * *',
      timeZone: 'UTC',
      clusters: ['a'],
      vault: 'main',
      paused: false,
      startAt: '2026-11-20T10:00:00Z',
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
      ...spec,
    },
  };
}
const at = (text: string) => new Date(text);

describe('a due slot', () => {
  it('is the newest one at or before now', () => {
    expect(dueSlot(schedule(), at('2026-11-22T02:00:00Z'))).toEqual(at('2026-11-22T02:00:00Z'));
    expect(dueSlot(schedule(), at('2026-11-22T02:00:00.999Z'))).toEqual(at('2026-11-22T02:00:00Z'));
    expect(dueSlot(schedule(), at('2026-11-22T01:59:59.999Z'))).toEqual(at('2026-11-21T02:00:00Z'));
  });

  it('is none before the first one after the schedule was made, nor while it is paused', () => {
    expect(dueSlot(schedule(), at('2026-11-20T10:01:00Z'))).toBeUndefined();
    expect(dueSlot(schedule(), at('2026-11-21T01:59:00Z'))).toBeUndefined();
    expect(
      dueSlot(schedule({ startAt: '2026-11-21T02:00:00Z' }), at('2026-11-21T02:00:00Z')),
    ).toBeUndefined();
    expect(dueSlot(schedule({ paused: true }), at('2026-11-22T02:00:00Z'))).toBeUndefined();
  });

  it('is one after days of outage, not one for each day', () => {
    expect(dueSlot(schedule(), at('2026-11-29T17:00:00Z'))).toEqual(at('2026-11-29T02:00:00Z'));
  });

  it('is in the time zone of the schedule, also across its change of clocks', () => {
    const berlin = { schedule: '30 3 * * *', timeZone: 'Europe/Berlin', startAt: '2026-01-01T00:00:00Z' };
    expect(dueSlot(schedule(berlin), at('2026-03-28T12:00:00Z'))).toEqual(at('2026-03-28T02:30:00Z'));
    expect(dueSlot(schedule(berlin), at('2026-03-29T12:00:00Z'))).toEqual(at('2026-03-29T01:30:00Z'));
    expect(nextSlot(schedule(berlin), at('2026-03-28T12:00:00Z'))).toEqual(at('2026-03-29T01:30:00Z'));
  });

  it('is the same for every tick from one slot to the next', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('*/5 * * * *', '0 * * * *', '17 3 * * *', '0 0 1 * *', '30 6 * * MON-FRI'),
        fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York'),
        fc.date({ min: at('2026-12-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (expression, timeZone, now, part) => {
          const made = schedule({ schedule: expression, timeZone, startAt: '2026-01-01T00:00:00Z' });
          const slot = dueSlot(made, now)!;
          const next = nextSlot(made, now);
          expect(slot.getTime()).toBeLessThanOrEqual(now.getTime());
          expect(next.getTime()).toBeGreaterThan(now.getTime());
          const between = new Date(slot.getTime() + Math.floor((next.getTime() - 1 - slot.getTime()) * part));
          expect(dueSlot(made, between)).toEqual(slot);
          expect(dueSlot(made, next)).toEqual(next);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a cron expression', () => {
  it.each([
    '*/5 * * * *',
    '0 2 * * 1-5',
    '0 2 * JAN,JUL *',
    '30 6 * * MON-FRI',
    '0-30/10 * * * *',
    '0 0 29 2 *',
  ])('may be %s', (expression) => {
    expect(() => assertCron(expression, 'UTC')).not.toThrow();
  });

  it.each([
    ['', 'has not five fields'],
    ['0 2 * *', 'has not five fields'],
    ['0 0 2 * * *', 'has not five fields'],
    ['@daily', 'has not five fields'],
    ['CRON_TZ=UTC 0 2 * * *', 'has not five fields'],
    ['H 2 * * *', 'is not plain cron'],
    ['0 2 L * *', 'is not plain cron'],
    ['0 2 ? * *', 'is not plain cron'],
    ['61 2 * * *', 'cannot come due'],
    ['0 2 31 2 *', 'cannot come due'],
    ['0 2 1 * 1', 'cannot come due'],
  ])('is refused when it is "%s"', (expression, fault) => {
    expect(() => assertCron(expression, 'UTC')).toThrow(fault);
  });
});
