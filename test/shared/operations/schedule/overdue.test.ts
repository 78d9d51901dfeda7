import { describe, expect, it } from '@jest/globals';
import { overdueSlot } from '../../../../shared/operations/schedule/overdue';
import { aSchedule, at } from './a-schedule';

const good = at('2026-11-22T02:00:00Z');
const wanted = at('2026-11-23T02:00:00Z');

describe('a schedule is overdue', () => {
  it.each<[string, object, Date | undefined, string, Date | undefined]>([
    ['not before its first slot', {}, undefined, '2026-11-20T23:00:00Z', undefined],
    ['not within an hour of a slot', {}, good, '2026-11-23T02:59:59Z', undefined],
    ['an hour after a slot', {}, good, '2026-11-23T03:00:00Z', wanted],
    ['not when a newer backup is there', {}, wanted, '2026-11-23T17:00:00Z', undefined],
    [
      'not when one was run later by a person',
      {},
      at('2026-11-23T09:14:15Z'),
      '2026-11-24T02:30:00Z',
      undefined,
    ],
    ['after the time that it names itself', { overdueAfter: '2h' }, good, '2026-11-23T04:00:00Z', wanted],
    ['not before that time', { overdueAfter: '2h' }, good, '2026-11-23T03:59:59Z', undefined],
    ['not while it is paused', { paused: true }, good, '2026-11-23T17:00:00Z', undefined],
    [
      'not for slots up to its resumption',
      { resumedAt: '2026-11-23T16:00:00Z' },
      good,
      '2026-11-23T17:00:00Z',
      undefined,
    ],
    [
      'not for a slot that was skipped',
      { skipSlots: ['2026-11-23T02:00:00Z'] },
      good,
      '2026-11-23T17:00:00Z',
      undefined,
    ],
    [
      'not for a slot in a blackout',
      { windows: { blackout: ['2026-11-23'] } },
      good,
      '2026-11-23T17:00:00Z',
      undefined,
    ],
    [
      'also where a missed slot is not made up for',
      { missedRun: 'skip' },
      good,
      '2026-11-23T03:00:00Z',
      wanted,
    ],
  ])('%s', (_, spec, last, now, expected) => {
    expect(overdueSlot(aSchedule(spec), last, at(now))).toEqual(expected);
  });
});
