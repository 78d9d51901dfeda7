import { describe, expect, it } from '@jest/globals';
import { parse } from '../../../../../shared/platform/input/parse';
import { type Schedule, scheduleSchema } from '../../../../../shared/formats/manifests/schedule';
import {
  assertSnapshotsFit,
  snapshotCount,
} from '../../../../../shared/operations/volumes/forecast/snapshot-count';

const now = new Date('2026-12-02T12:30:00Z');

function scheduleOf(schedule: string, template: object = {}, more: object = {}): Schedule {
  return parse(
    scheduleSchema,
    {
      kind: 'Schedule',
      metadata: { name: 'nightly' },
      spec: {
        schedule,
        startAt: '2026-12-02T12:00:00Z',
        clusters: ['a'],
        vault: 'main',
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'], ...template },
        ...more,
      },
    },
    'schedule',
  );
}

describe('the snapshots that a schedule makes of a claim', () => {
  // A backup whose TTL is over is there for 26 hours more, until its content goes.
  it.each<[string, Schedule, number, number]>([
    ['daily, for 30 days', scheduleOf('0 2 * * *'), 30, 31],
    ['every 6 hours, for a week', scheduleOf('6h', { ttl: '168h' }), 120, 32],
    ['hourly, for 30 days', scheduleOf('0 * * * *'), 720, 746],
    ['in bursts on Mondays', scheduleOf('*/30 8-9 * * 1', { ttl: '24h' }), 16, 4],
    ['weekly, for a day', scheduleOf('0 2 * * 0', { ttl: '24h' }), 4, 1],
    [
      'hourly on working hours',
      scheduleOf('0 * * * *', { ttl: '24h' }, { windows: { allowed: ['08:00-10:00'] } }),
      60,
      6,
    ],
  ])('%s', (_, schedule, aMonth, atOnce) => {
    const count = snapshotCount(schedule, now);
    expect(Math.abs(count.aMonth - aMonth)).toBeLessThanOrEqual(1);
    expect(Math.abs(count.atOnce - atOnce)).toBeLessThanOrEqual(1);
  });

  it('are kept by rules beyond the TTL, each backup once', () => {
    const retention = { keepDaily: 30, keepWeekly: 8, keepMonthly: 12, keepYearly: 3 };
    const { atOnce } = snapshotCount(scheduleOf('0 2 * * *', { ttl: '168h' }, { retention }), now);
    // 30 days, and weeks, months and years that lie before them: 56 - 30 days have 3 or 4 weeks, then 10 or 11 months, 1 or 2 years.
    expect(atOnce).toBeGreaterThanOrEqual(30 + 3 + 10 + 1);
    expect(atOnce).toBeLessThanOrEqual(30 + 8 + 12 + 3);
  });

  it('of every minute are counted by their rate, in time that does not grow with them', () => {
    const retention = { keepYearly: 10 };
    const started = performance.now();
    const { aMonth, atOnce } = snapshotCount(scheduleOf('* * * * *', { ttl: '720h' }, { retention }), now);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(Math.abs(aMonth - 43_200)).toBeLessThan(50);
    expect(atOnce).toBeGreaterThan(43_200);
    expect(atOnce).toBeLessThan(45_000);
  });
});

describe('a schedule that asks for snapshots', () => {
  const asks = { snapshotVolumes: true };

  it('is refused with the arithmetic where it keeps more than a disk takes', () => {
    expect(() => assertSnapshotsFit(scheduleOf('0 * * * *', asks), now)).toThrow(
      /^schedule "nightly" makes 7\d\d snapshots a month of each claim; kept for the TTL of 720h0m0s, up to 7\d\d of a disk exist at once, and a disk takes 256$/,
    );
  });

  it('is taken where it keeps fewer, or the limit is higher', () => {
    expect(() => assertSnapshotsFit(scheduleOf('0 2 * * *', asks), now)).not.toThrow();
    expect(() => assertSnapshotsFit(scheduleOf('0 * * * *', { ...asks, ttl: '168h' }), now)).not.toThrow();
    expect(() => assertSnapshotsFit(scheduleOf('0 * * * *', asks), now, 1_000)).not.toThrow();
  });

  it('is taken where it asks for none', () => {
    for (const snapshotVolumes of [false, undefined]) {
      expect(() => assertSnapshotsFit(scheduleOf('* * * * *', { snapshotVolumes }), now)).not.toThrow();
    }
  });
});
