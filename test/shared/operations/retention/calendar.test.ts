import { describe, expect, it } from '@jest/globals';
import { before, calendar } from '../../../../shared/operations/retention/calendar';

describe('periods', () => {
  it.each([
    ['2026-11-22T16:00:00Z', 'Asia/Shanghai', '2026-11-23', '2026-W48', '2026-11'],
    ['2026-11-22T15:59:59Z', 'Asia/Shanghai', '2026-11-22', '2026-W47', '2026-11'],
    ['2026-12-31T23:30:00Z', 'Europe/Berlin', '2027-01-01', '2026-W53', '2027-01'],
    ['2026-01-01T05:00:00Z', 'UTC', '2026-01-01', '2026-W1', '2026-01'],
    ['2027-01-01T04:00:00Z', 'America/New_York', '2026-12-31', '2026-W53', '2026-12'],
    ['2021-01-03T12:00:00Z', 'UTC', '2021-01-03', '2020-W53', '2021-01'],
    ['2024-12-30T12:00:00Z', 'UTC', '2024-12-30', '2025-W1', '2024-12'],
  ])('%s in %s is %s of %s', (at, zone, day, week, month) => {
    expect(calendar(zone)(new Date(at))).toMatchObject({ day, week, month, year: month.slice(0, 4) });
  });

  it('are two for the hour that comes twice when the clocks go back', () => {
    const hours = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map(
      (at) => calendar('Europe/Berlin')(new Date(at)).hour,
    );
    expect(hours[0]).toContain('2026-10-25T02');
    expect(hours[1]).toContain('2026-10-25T02');
    expect(hours[0]).not.toBe(hours[1]);
  });
});

describe('a span before a moment', () => {
  it.each([
    ['2026-11-22T10:00:00Z', '36h', '2026-11-20T22:00:00.000Z'],
    ['2026-03-31T10:00:00Z', '1m', '2026-02-28T10:00:00.000Z'],
    ['2024-02-29T10:00:00Z', '1y', '2023-02-28T10:00:00.000Z'],
    ['2026-01-15T00:00:00Z', '2y5m7d3h', '2023-08-07T21:00:00.000Z'],
    ['2026-11-22T10:00:00Z', '14d', '2026-11-08T10:00:00.000Z'],
  ])('%s less %s is %s', (at, span, expected) => {
    expect(before(new Date(at), span).toISOString()).toBe(expected);
  });
});
