import { describe, expect, it } from '@jest/globals';
import type { JudgedBackup, Rules } from '../../../../shared/operations/retention/judged-backup';
import { type Circumstances, verdicts } from '../../../../shared/operations/retention/verdict';

const now = new Date('2026-11-22T10:00:00Z');
const series = { schedule: 'nightly', cluster: 'a', clusterUid: 'uid-a' };
const day = 86_400_000;

/** Of the schedule `nightly`, its TTL over long ago. */
function backup(known: Partial<JudgedBackup> = {}): JudgedBackup {
  const madeAt = known.madeAt ?? new Date('2026-10-01T02:00:00Z');
  return {
    name: 'x',
    phase: 'Completed',
    items: 100,
    madeAt,
    ttlEnds: new Date(madeAt.getTime() + day),
    series,
    archiveReads: true,
    ...known,
  };
}

/** One a day at 02:00Z, the newest `made-0`. */
function nightly(count: number, known: (n: number) => Partial<JudgedBackup> = () => ({})): JudgedBackup[] {
  return Array.from({ length: count }, (_, n) =>
    backup({
      name: `made-${n}`,
      madeAt: new Date(Date.parse('2026-11-20T02:00:00Z') - n * day),
      ...known(n),
    }),
  );
}

function judge(backups: JudgedBackup[], so: Partial<Circumstances> = {}) {
  return verdicts(backups, {
    now,
    schedules: new Map(),
    deletions: new Map(),
    held: new Set(),
    accepted: new Set(),
    inUse: new Set(),
    unfinished: new Set(),
    ...so,
  });
}

const rules = (retention: Rules['retention'], timeZone = 'UTC') => ({
  schedules: new Map([['nightly', { retention, timeZone }]]),
});

function keptNames(backups: JudgedBackup[], so: Partial<Circumstances> = {}): string[] {
  return judge(backups, so).flatMap((verdict) => (verdict.delete ? [] : [verdict.name]));
}

function reasons(backups: JudgedBackup[], so: Partial<Circumstances> = {}): Record<string, string> {
  return Object.fromEntries(judge(backups, so).map(({ name, reason }) => [name, reason]));
}

describe('a backup on demand', () => {
  const onDemand = (known: Partial<JudgedBackup> = {}) => backup({ series: undefined, ...known });

  it('goes when its TTL is over, even as the only one', () => {
    expect(judge([onDemand()])).toEqual([
      expect.objectContaining({ delete: true, reason: 'expired: its TTL ended 2026-10-02T02:00:00Z' }),
    ]);
  });

  it('stays until its TTL is over, to the second', () => {
    expect(judge([onDemand({ ttlEnds: new Date(now.getTime() + 1_000) })])).toEqual([
      expect.objectContaining({ delete: false, reason: 'kept: TTL until 2026-11-22T10:00:01Z' }),
    ]);
    expect(judge([onDemand({ ttlEnds: now })])[0]?.delete).toBe(true);
  });

  it('is never suspect, however little it holds', () => {
    expect(judge([onDemand({ items: 0 })])[0]).toMatchObject({ delete: true });
  });

  it('keeps no backup of a schedule, and no rule keeps it', () => {
    const made = [onDemand({ name: 'by-hand', madeAt: new Date('2026-11-01T00:00:00Z') }), ...nightly(2)];
    expect(keptNames(made, rules({ keepLast: 1 }))).toEqual(['made-0']);
  });
});

describe('what is never touched', () => {
  it.each([
    [{ untouchable: 'Velero wrote it' }, {}, 'kept: Velero wrote it'],
    [{}, { held: new Set(['x']) }, 'kept: under legal hold'],
    [{}, { inUse: new Set(['x']) }, 'kept: an open restore names it'],
    [{}, { unfinished: new Set(['x']) }, 'kept: its run is not finished'],
    [{ ttlEnds: undefined }, {}, 'kept: it has no TTL that can be read'],
    [{}, { blocked: 'restore r cannot be read' }, 'kept: restore r cannot be read'],
  ])('%j in %j', (known, so, reason) => {
    expect(reasons([backup({ series: undefined, ...known })], so)).toEqual({ x: reason });
  });

  it('a backup of a schedule whose manifest cannot be read', () => {
    const unreadable = { schedules: new Map([['nightly', 'unreadable' as const]]) };
    expect(reasons(nightly(2), unreadable)['made-1']).toBe('kept: its schedule cannot be read');
  });
});

describe('without rules', () => {
  it('the newest Completed one of each schedule and cluster stays, and what failed in part after it', () => {
    const at = (text: string) => ({ madeAt: new Date(text) });
    const made = [
      backup({ name: 'old', ...at('2026-10-01T00:00:00Z') }),
      backup({ name: 'partial-before', phase: 'PartiallyFailed', ...at('2026-10-02T00:00:00Z') }),
      backup({ name: 'last', ...at('2026-10-03T00:00:00Z') }),
      backup({ name: 'partial-after', phase: 'PartiallyFailed', ...at('2026-10-04T00:00:00Z') }),
      backup({
        name: 'partial-unreadable',
        phase: 'PartiallyFailed',
        archiveReads: false,
        ...at('2026-10-05T00:00:00Z'),
      }),
      backup({ name: 'failed-after', phase: 'Failed', ...at('2026-10-06T00:00:00Z') }),
      backup({ name: 'other-cluster', series: { ...series, cluster: 'b' }, ...at('2026-09-01T00:00:00Z') }),
      backup({ name: 'rebuilt', series: { ...series, clusterUid: 'new' }, ...at('2026-09-02T00:00:00Z') }),
      backup({ name: 'other-schedule', series: { ...series, schedule: 'w' }, ...at('2026-08-01T00:00:00Z') }),
    ];
    expect(keptNames(made, { schedules: new Map([['nightly', 'none']]) })).toEqual([
      'last',
      'partial-after',
      'other-cluster',
      'rebuilt',
      'other-schedule',
    ]);
    expect(reasons(made)).toMatchObject({
      last: 'kept: newest Completed of its schedule and cluster',
      'partial-after': 'kept: PartiallyFailed, and no newer one is Completed',
      old: 'expired: its TTL ended 2026-10-02T00:00:00Z and no rule keeps it',
    });
  });

  it('a newest Completed one whose archive is gone stays, and so does the newest that can be restored', () => {
    const made = nightly(4, (n) => ({ archiveReads: n > 1 }));
    expect(reasons(made)).toMatchObject({
      'made-0': 'kept: newest Completed, though not known to be good',
      'made-2': 'kept: newest Completed of its schedule and cluster',
    });
    expect(keptNames(made)).toEqual(['made-0', 'made-2']);
  });
});

describe('rules', () => {
  it('say by which of their slots they keep a backup', () => {
    const made = nightly(40);
    const verdict = reasons(made, rules({ keepLast: 2, keepWeekly: 4, keepMonthly: 2 }));
    // 20 November 2026 is a Friday; Sundays end ISO's weeks.
    expect(
      Object.fromEntries(Object.entries(verdict).filter(([, reason]) => reason.startsWith('kept'))),
    ).toEqual({
      'made-0':
        'kept: last 1 of 2; weekly 1 of 4; monthly 1 of 2; newest Completed of its schedule and cluster',
      'made-1': 'kept: last 2 of 2',
      'made-5': 'kept: weekly 2 of 4',
      'made-12': 'kept: weekly 3 of 4',
      'made-19': 'kept: weekly 4 of 4',
      'made-20': 'kept: monthly 2 of 2',
    });
  });

  it('fill their slots with hours, days and years that have a backup, not with those of the calendar', () => {
    const hours = [0, 1, 5, 90, 4_000, 9_000].map((hour) =>
      backup({ name: `h${hour}`, madeAt: new Date(Date.parse('2026-11-20T02:30:00Z') - hour * 3_600_000) }),
    );
    expect(keptNames(hours, rules({ keepHourly: 4 }))).toEqual(['h0', 'h1', 'h5', 'h90']);
    expect(keptNames(hours, rules({ keepDaily: 3 }))).toEqual(['h0', 'h5', 'h90']);
    expect(keptNames(hours, rules({ keepYearly: 9 }))).toEqual(['h0', 'h9000']);
  });

  it('count days in the time zone of the schedule', () => {
    const made = [
      backup({ name: 'evening', madeAt: new Date('2026-11-19T15:30:00Z') }),
      backup({ name: 'midnight', madeAt: new Date('2026-11-19T16:30:00Z') }),
      backup({ name: 'noon', madeAt: new Date('2026-11-20T04:00:00Z') }),
    ];
    expect(keptNames(made, rules({ keepDaily: 2 }, 'UTC'))).toEqual(['midnight', 'noon']);
    expect(keptNames(made, rules({ keepDaily: 2 }, 'Asia/Shanghai'))).toEqual(['evening', 'noon']);
  });

  it('keep all within a span of the newest, so that a schedule that stands still loses nothing', () => {
    expect(keptNames(nightly(10), rules({ keepWithin: '3d' }))).toEqual(['made-0', 'made-1', 'made-2']);
    const years = { now: new Date('2036-01-01T00:00:00Z'), ...rules({ keepWithin: '3d' }) };
    expect(keptNames(nightly(10), years)).toEqual(['made-0', 'made-1', 'made-2']);
  });

  it('keep what failed by keepFailed alone', () => {
    const made = nightly(6, (n) => (n % 2 === 1 ? { phase: 'PartiallyFailed' } : {}));
    expect(keptNames(made, rules({ keepLast: 2 }))).toEqual(['made-0', 'made-2']);
    expect(reasons(made, rules({ keepLast: 1, keepFailed: 2 }))).toMatchObject({
      'made-1': 'kept: failed 1 of 2',
      'made-3': 'kept: failed 2 of 2',
      'made-5': expect.stringMatching(/^expired/),
    });
  });

  it('go on as the newest backup was asked for when the schedule is gone, until a person decides', () => {
    const promised = { retention: { keepLast: 2 }, timeZone: 'UTC' };
    const made = nightly(4, (n) => ({ promised: n === 0 ? promised : undefined }));
    expect(keptNames(made)).toEqual(['made-0', 'made-1']);
    expect(keptNames(made, { schedules: new Map([['nightly', 'none']]) })).toEqual(['made-0']);
  });
});

describe('a suspect', () => {
  it('without any object, or with under half of what its predecessor held, stays and fills no slot', () => {
    const made = nightly(5, (n) => ({ items: [100, 0, 49, 50, 100][n] }));
    const verdict = judge(made, rules({ keepLast: 3 }));
    expect(verdict.flatMap(({ name, suspect }) => (suspect ? [[name, suspect]] : []))).toEqual([
      ['made-1', 'it holds no object'],
    ]);
    expect(keptNames(made, rules({ keepLast: 3 }))).toEqual(['made-0', 'made-1', 'made-2', 'made-3']);
    const shrunk = nightly(3, (n) => ({ items: n === 0 ? 49 : 100 }));
    expect(reasons(shrunk, rules({ keepLast: 1 }))).toEqual({
      'made-0':
        'kept: newest Completed, though not known to be good; ' +
        'suspect until a person accepts it: it holds 49 objects where made-1 holds 100',
      'made-1':
        'kept: last 1 of 1; newest Completed of its schedule and cluster; suspect made-0 is measured against it',
      'made-2': 'expired: its TTL ended 2026-11-19T02:00:00Z and no rule keeps it',
    });
  });

  it('is measured against what is Completed: one that failed in part lowers nothing', () => {
    const made = nightly(3, (n) => ({
      items: [40, 60, 100][n],
      phase: n === 1 ? 'PartiallyFailed' : 'Completed',
    }));
    expect(judge(made)[0]?.suspect).toBe('it holds 40 objects where made-2 holds 100');
  });

  it('makes the next one like it no better', () => {
    const made = nightly(6, (n) => ({ items: n < 4 ? 10 : 100 }));
    expect(keptNames(made, rules({ keepLast: 2 }))).toEqual(made.map(({ name }) => name));
  });

  it('counts once a person has accepted it, and what follows is measured against it', () => {
    const made = nightly(6, (n) => ({ items: n < 4 ? 10 : 100 }));
    const so = { ...rules({ keepLast: 2 }), accepted: new Set(['made-3']) };
    expect(judge(made, so).filter(({ suspect }) => suspect)).toEqual([]);
    expect(keptNames(made, so)).toEqual(['made-0', 'made-1']);
  });

  it('is measured against what stays as long as it does, so that it does not pass for good one day', () => {
    const made = nightly(6, (n) => ({ items: n === 3 ? 10 : 100 }));
    const verdict = reasons(made, rules({ keepLast: 1 }));
    expect(verdict['made-4']).toBe('kept: suspect made-3 is measured against it');
    const left = made.filter(({ name }) => keptNames(made, rules({ keepLast: 1 })).includes(name));
    expect(left.map(({ name }) => name)).toEqual(['made-0', 'made-3', 'made-4']);
    expect(keptNames(left, rules({ keepLast: 1 }))).toEqual(['made-0', 'made-3', 'made-4']);
  });
});
