import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Judged, verdicts } from '../../../shared/retention/verdict';

const now = new Date('2026-11-22T10:00:00Z');
const series = { schedule: 'daily', cluster: 'a' };

function backup(known: Partial<Judged> = {}): Judged {
  return {
    name: 'x',
    phase: 'Completed',
    startTimestamp: '2026-10-01T00:00:00Z',
    expiration: '2026-10-31T00:00:00Z',
    writer: 'lifeboat',
    installation: 'i1',
    ...known,
  };
}

function judge(backups: Judged[], inUse: string[] = []) {
  return verdicts(backups, { installation: 'i1', now, inUse: new Set(inUse) });
}

describe('retention', () => {
  it('lets a backup on demand go when its TTL is over', () => {
    expect(judge([backup()])).toEqual([
      { name: 'x', delete: true, reason: 'its TTL ended 2026-10-31T00:00:00Z' },
    ]);
  });

  it.each<[string, Partial<Judged>, string]>([
    ['whose TTL is not over', { expiration: '2026-11-22T10:00:01Z' }, 'its TTL ends 2026-11-22T10:00:01Z'],
    ['without an expiration', { expiration: undefined }, 'it has no expiration'],
    ['with an expiration that cannot be read', { expiration: 'soon' }, 'its expiration cannot be read'],
    ['of Velero', { writer: 'velero' }, 'it is not ours: Velero wrote it'],
    ['of another installation', { installation: 'i2' }, 'another installation wrote it'],
    ['without a catalogue', { installation: undefined }, 'its catalogue cannot be read'],
  ])('keeps one %s', (_, known, reason) => {
    expect(judge([backup(known)])).toEqual([{ name: 'x', delete: false, reason }]);
  });

  it('keeps one that a restore reads', () => {
    expect(judge([backup()], ['x'])[0]).toMatchObject({ delete: false, reason: 'a restore reads it' });
  });

  it('keeps the newest Completed one of each schedule and cluster, and what failed in part after it', () => {
    const made = [
      backup({ name: 'old', series, startTimestamp: '2026-10-01T00:00:00Z' }),
      backup({
        name: 'partial-before',
        series,
        phase: 'PartiallyFailed',
        startTimestamp: '2026-10-02T00:00:00Z',
      }),
      backup({ name: 'last', series, startTimestamp: '2026-10-03T00:00:00Z' }),
      backup({
        name: 'partial-after',
        series,
        phase: 'PartiallyFailed',
        startTimestamp: '2026-10-04T00:00:00Z',
      }),
      backup({
        name: 'other-cluster',
        series: { ...series, cluster: 'b' },
        startTimestamp: '2026-09-01T00:00:00Z',
      }),
      backup({
        name: 'other-schedule',
        series: { ...series, schedule: 'weekly' },
        startTimestamp: '2026-08-01T00:00:00Z',
      }),
    ];
    const going = judge(made).filter((verdict) => verdict.delete);
    expect(going.map(({ name }) => name)).toEqual(['old', 'partial-before']);
  });

  it('is not deceived by a newer one that another installation wrote under the same schedule', () => {
    const made = [
      backup({ name: 'ours', series }),
      backup({ name: 'theirs', series, installation: 'i2', startTimestamp: '2026-10-09T00:00:00Z' }),
    ];
    expect(judge(made).some((verdict) => verdict.delete)).toBe(false);
  });

  it('whatever there is, never deletes the newest Completed one of a series, nor one whose time is not over', () => {
    const anyBackup = fc.record({
      name: fc.uuid(),
      phase: fc.constantFrom('Completed', 'PartiallyFailed', 'Failed'),
      startTimestamp: fc
        .integer({ min: 0, max: 500 })
        .map((n) => new Date(now.getTime() - n * 3_600_000).toISOString()),
      expiration: fc.option(
        fc.integer({ min: -500, max: 500 }).map((n) => new Date(now.getTime() + n * 3_600_000).toISOString()),
        { nil: undefined },
      ),
      writer: fc.constantFrom('lifeboat' as const, 'velero' as const),
      installation: fc.constantFrom('i1', 'i2', undefined),
      series: fc.option(
        fc.record({ schedule: fc.constantFrom('d', 'w'), cluster: fc.constantFrom('a', 'b') }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.array(anyBackup, { maxLength: 30 }), (backups) => {
        const going = new Set(judge(backups).flatMap((verdict) => (verdict.delete ? [verdict.name] : [])));
        for (const each of backups) {
          if (!going.has(each.name)) continue;
          expect(each.writer).toBe('lifeboat');
          expect(each.installation).toBe('i1');
          expect(Date.parse(each.expiration!)).toBeLessThanOrEqual(now.getTime());
          if (each.series && each.phase === 'Completed') {
            const better = backups.some(
              (other) =>
                other !== each &&
                other.phase === 'Completed' &&
                other.installation === 'i1' &&
                JSON.stringify(other.series) === JSON.stringify(each.series) &&
                Date.parse(other.startTimestamp) >= Date.parse(each.startTimestamp) &&
                !going.has(other.name),
            );
            expect(better).toBe(true);
          }
        }
      }),
    );
  });
});
