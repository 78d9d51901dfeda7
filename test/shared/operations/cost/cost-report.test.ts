import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { invocationUnits } from '../../../../shared/operations/cost/compute-cost';
import { costReport, type MeasuredSchedule } from '../../../../shared/operations/cost/cost-report';
import { functionSizes } from '../../../../shared/operations/cost/function-sizes';
import { priceTables, withOwnPrices } from '../../../../shared/operations/cost/prices';

const nightly: MeasuredSchedule = {
  name: 'nightly',
  paused: false,
  runsPerMonth: 30,
  seconds: [50, 70],
  stored: { backups: 10, bytes: 2 ** 30 },
  outboundBytesPerRun: 0,
};
const work = { prices: priceTables.cny, days: 30, tickSeconds: 1, hourlySeconds: 10 };

describe('compute units', () => {
  it('are those of the published example: a second of 1 vCPU and 1 GB, disk beyond 512 MB', () => {
    const size = { cpu: 1, memory: 1024, disk: 512 };
    expect(invocationUnits(size, 100, 0)).toBeCloseTo(100 * 1.15 + 0.0075, 9);
    expect(invocationUnits({ ...size, disk: 10_752 }, 100, 0)).toBeCloseTo(100 * (1.15 + 0.5) + 0.0075, 9);
    // While the instance waits to be released its memory counts, and no vCPU.
    expect(invocationUnits(size, 0, 60)).toBeCloseTo(60 * 0.15 + 0.0075, 9);
  });

  it('are counted with the sizes that s.yaml deploys', () => {
    const text = readFileSync(join(__dirname, '../../../../s.yaml'), 'utf8');
    const { resources } = load(text, {}) as {
      resources: Record<string, { props: { cpu: number; memorySize: number; diskSize: number } }>;
    };
    for (const [name, size] of Object.entries(functionSizes)) {
      const { cpu, memorySize: memory, diskSize: disk } = resources[name]!.props;
      expect({ name, cpu, memory, disk }).toEqual({ name, ...size });
    }
  });
});

describe('the cost of a month', () => {
  it('is that of the runs that were measured and of the bytes that lie there', () => {
    const [cost] = costReport({ ...work, schedules: [nightly] }).schedules;
    // 30 × (60 s × 1.15 + 60 s of memory × 0.15 + an invocation) × 0.00011 CNY.
    expect(cost!.compute).toBeCloseTo(30 * (69 + 9 + 0.0075) * 0.00011, 9);
    expect(cost!.storage).toBeCloseTo(0.12, 9);
    expect(cost!.requests).toBeUndefined();
    expect(cost!.total).toBeCloseTo(cost!.compute! + 0.12, 9);
  });

  it('says of what was not measured that it was not, and of what has no price that it has none', () => {
    const report = costReport({ ...work, schedules: [{ ...nightly, seconds: [] }] });
    expect(report.schedules[0]!.compute).toBeUndefined();
    expect(report.unpriced).toEqual(['putRequests', 'getRequests', 'outboundGigabyte']);
    expect(report.notCounted.join('\n')).toMatch(/without a finished run: nightly\n.*putRequests/);
    const dollars = costReport({ ...work, prices: priceTables.usd, schedules: [nightly] });
    expect(dollars.unpriced).toContain('functionHour');
    expect(dollars.minimum).toBeUndefined();
  });

  it('charges a function that uses less for the hour at least', () => {
    const { standing, minimum } = costReport({ ...work, schedules: [] });
    // The hourly function uses next to nothing: 720 hours × 0.01 but for its own use.
    const hourly = standing.find(({ name }) => name === 'retention-expiry')!;
    const ticks = standing.find(({ name }) => name === 'scheduled-backup')!;
    expect(hourly.invocations).toBe(720);
    expect(ticks.invocations).toBe(43_200);
    expect(minimum).toBeCloseTo(Math.max(0, 7.2 - hourly.compute!) + Math.max(0, 7.2 - ticks.compute!), 9);
  });

  it('is the sum of its parts, and never falls when a run takes longer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2_000), fc.array(fc.nat(5_000), { maxLength: 5 }), fc.boolean()), {
          maxLength: 6,
        }),
        (made) => {
          const schedules = made.map(([runsPerMonth, seconds, paused], n) => ({
            ...nightly,
            name: `s${n}`,
            runsPerMonth,
            seconds,
            paused,
          }));
          const report = costReport({ ...work, schedules });
          const parts = [
            ...report.schedules.map(({ total = 0 }) => total),
            ...report.standing.map(({ compute = 0 }) => compute),
            report.minimum ?? 0,
          ];
          expect(report.total).toBeCloseTo(
            parts.reduce((sum, one) => sum + one, 0),
            6,
          );
          const longer = schedules.map((one) => ({ ...one, seconds: one.seconds.map((each) => each + 1) }));
          expect(costReport({ ...work, schedules: longer }).total).toBeGreaterThanOrEqual(
            report.total - 1e-9,
          );
        },
      ),
    );
  });
});

describe('prices of one’s own', () => {
  it('take the place of the published ones, with the file as their source', () => {
    const prices = withOwnPrices(
      priceTables.cny,
      { putRequests: 0.01, getRequests: 0.01 },
      'mine.yaml',
      '2026-11-23',
    );
    expect(prices.putRequests).toEqual({ amount: 0.01, source: 'mine.yaml', date: '2026-11-23' });
    expect(prices.computeUnit).toEqual(priceTables.cny.computeUnit);
    const [cost] = costReport({ ...work, prices, schedules: [nightly] }).schedules;
    expect(cost!.requests).toBeGreaterThan(0);
  });

  it('do not mix currencies, and name what they do not know', () => {
    expect(withOwnPrices(priceTables.cny, { currency: 'EUR', computeUnit: 0.1 }, 'f', 'd')).toEqual({
      currency: 'EUR',
      computeUnit: { amount: 0.1, source: 'f', date: 'd' },
    });
    expect(() => withOwnPrices(priceTables.cny, { putRequest: 1 }, 'mine.yaml', 'd')).toThrow(
      /mine.yaml: putRequest/,
    );
    expect(() => withOwnPrices(priceTables.cny, { putRequests: -1 }, 'mine.yaml', 'd')).toThrow(
      /mine.yaml: putRequests/,
    );
  });
});
