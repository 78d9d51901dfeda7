import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Retention } from '../../../../shared/formats/manifests/retention';
import type { JudgedBackup, Rules } from '../../../../shared/operations/retention/judged-backup';
import { type Circumstances, type Verdict, verdicts } from '../../../../shared/operations/retention/verdict';

const hour = 3_600_000;
const series = { schedule: 'nightly', cluster: 'a', clusterUid: 'uid-a' };
const start = Date.parse('2026-03-20T00:00:00Z');

/** What a backup was made to be; the code under test is told by phase, items and archive alone. */
type Kind = 'good' | 'empty' | 'shrunk' | 'partial' | 'partial-unreadable' | 'damaged' | 'failed' | 'foreign';

interface Made extends JudgedBackup {
  kind: Kind;
}

function made(kind: Kind, n: number, at: number, ttlHours: number, items: number): Made {
  const phase = kind === 'failed' ? 'Failed' : kind.startsWith('partial') ? 'PartiallyFailed' : 'Completed';
  return {
    kind,
    name: `b${String(n).padStart(4, '0')}`,
    phase,
    items: kind === 'empty' ? 0 : kind === 'shrunk' ? 1 + (items % 39) : items,
    madeAt: new Date(at),
    ttlEnds: new Date(at + ttlHours * hour),
    archiveReads: kind !== 'damaged' && kind !== 'partial-unreadable',
    ...(kind === 'foreign' ? { untouchable: 'another installation wrote it' } : { series }),
  };
}

const anyKind = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Kind>('good') },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Kind>(
      'empty',
      'shrunk',
      'partial',
      'partial-unreadable',
      'damaged',
      'failed',
      'foreign',
    ),
  },
);

/** Starts with a good one, so that what has shrunk has shrunk from something. */
const anyHistory = fc
  .array(
    fc.record({
      kind: anyKind,
      gap: fc.integer({ min: 0, max: 60 }),
      ttl: fc.integer({ min: 1, max: 300 }),
      items: fc.integer({ min: 80, max: 120 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let at = start;
    return steps.map(({ kind, gap, ttl, items }, n) => {
      at += gap * hour + 1_000;
      return made(n === 0 ? 'good' : kind, n, at, ttl, items);
    });
  });

const count = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
const anyRetention: fc.Arbitrary<Retention> = fc
  .record({
    keepLast: count,
    keepHourly: count,
    keepDaily: count,
    keepWeekly: count,
    keepMonthly: count,
    keepYearly: count,
    keepWithin: fc.option(fc.constantFrom('36h', '3d', '1m2d'), { nil: undefined }),
    keepFailed: count,
  })
  .filter((rules) => Object.values(rules).some((rule) => rule !== undefined));
/** The clocks of the first two change within the time of the histories, by an hour and by half of one. */
const anyZone = fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC');
const anyRules: fc.Arbitrary<Rules> = fc.record({ retention: anyRetention, timeZone: anyZone });

function circumstances(now: number, rules?: Rules, so: Partial<Circumstances> = {}): Circumstances {
  return {
    now: new Date(now),
    schedules: new Map([['nightly', rules ?? 'none']]),
    deletions: new Map(),
    held: new Set(),
    accepted: new Set(),
    inUse: new Set(),
    unfinished: new Set(),
    ...so,
  };
}

/** `2026-03-29 02:30:00` on the wall in the zone. */
function wall(at: Date, timeZone: string): string {
  return at.toLocaleString('sv-SE', { timeZone });
}

/** Names a period otherwise than the code under test: an hour by the start of its run of equal wall hours, a week by its Monday. */
const periodOf: Record<string, (at: Date, zone: string) => string> = {
  keepHourly: (at, zone) => {
    const label = wall(at, zone).slice(0, 13);
    // The hour that comes twice is told by how far the wall is from UTC.
    return `${label} ${Date.parse(`${wall(at, zone).replace(' ', 'T')}Z`) - Math.floor(at.getTime() / 1_000) * 1_000}`;
  },
  keepDaily: (at, zone) => wall(at, zone).slice(0, 10),
  keepWeekly: (at, zone) => {
    const monday = new Date(`${wall(at, zone).slice(0, 10)}T00:00:00Z`);
    while (monday.getUTCDay() !== 1) monday.setUTCDate(monday.getUTCDate() - 1);
    return monday.toISOString().slice(0, 10);
  },
  keepMonthly: (at, zone) => wall(at, zone).slice(0, 7),
  keepYearly: (at, zone) => wall(at, zone).slice(0, 4),
};

const newestFirst = (backups: readonly Made[]) => [...backups].reverse();

/** What was promised to be there at a moment, from all that was ever made until then. */
function promised(history: readonly Made[], now: number, rules?: Rules): Set<string> {
  const names = new Set<string>();
  const ours = newestFirst(history).filter(({ kind }) => kind !== 'foreign');
  const good = ours.filter(({ kind }) => kind === 'good');
  const newest = good[0]!;
  for (const backup of history) {
    const { name, kind, madeAt, ttlEnds } = backup;
    if (kind === 'foreign' || kind === 'empty' || kind === 'shrunk') names.add(name);
    if (ttlEnds!.getTime() > now) names.add(name);
    if (kind === 'partial' && madeAt > newest.madeAt) names.add(name);
  }
  names.add(newest.name);
  names.add(ours.find(({ phase }) => phase === 'Completed')!.name);
  if (!rules) return names;
  const { retention, timeZone } = rules;
  for (const { name } of good.slice(0, retention.keepLast ?? 0)) names.add(name);
  for (const [rule, period] of Object.entries(periodOf)) {
    const seen = new Map<string, string>();
    for (const { name, madeAt } of good) {
      const key = period(madeAt, timeZone);
      if (!seen.has(key)) seen.set(key, name);
    }
    const wanted = retention[rule as 'keepDaily'] ?? 0;
    for (const name of [...seen.values()].slice(0, wanted)) names.add(name);
  }
  if (retention.keepWithin !== undefined) {
    const since = new Date(newest.madeAt);
    if (retention.keepWithin === '36h') since.setTime(since.getTime() - 36 * hour);
    else if (retention.keepWithin === '3d') since.setTime(since.getTime() - 72 * hour);
    else {
      const day = since.getUTCDate();
      since.setUTCDate(1);
      since.setUTCMonth(since.getUTCMonth() - 1);
      const length = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + 1, 0)).getUTCDate();
      since.setUTCDate(Math.min(day, length));
      since.setTime(since.getTime() - 48 * hour);
    }
    for (const { name, madeAt } of ours) if (madeAt > since) names.add(name);
  }
  const failed = ours.filter(
    ({ phase, items, kind }) => phase !== 'Completed' && items > 0 && kind !== 'shrunk',
  );
  for (const { name } of failed.slice(0, retention.keepFailed ?? 0)) names.add(name);
  return names;
}

/** Lets passes come at some moments of a history, each deleting what its verdicts say. Calls `after` with what is left. */
function live(
  history: readonly Made[],
  passes: readonly number[],
  rules: Rules | undefined,
  after: (now: number, left: Set<string>, judged: Verdict[]) => void,
): void {
  const end = history.at(-1)!.madeAt.getTime() + 500 * hour;
  const moments = [...new Set(passes.map((share) => start + Math.floor(share * (end - start))))];
  const gone = new Set<string>();
  for (const now of [...moments.sort((a, b) => a - b), end]) {
    const there = history.filter(({ name, madeAt }) => madeAt.getTime() <= now && !gone.has(name));
    if (there.length === 0) continue;
    const judged = verdicts(there, circumstances(now, rules));
    for (const verdict of judged) if (verdict.delete) gone.add(verdict.name);
    after(now, new Set(there.flatMap(({ name }) => (gone.has(name) ? [] : [name]))), judged);
  }
}

const anyPasses = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe('whatever the history, the moments of the passes and the rules', () => {
  it('what was promised of all that was ever made is there after each pass', () => {
    fc.assert(
      fc.property(
        anyHistory,
        anyPasses,
        fc.option(anyRules, { nil: undefined }),
        (history, passes, rules) => {
          live(history, passes, rules, (now, left) => {
            const until = history.filter(({ madeAt }) => madeAt.getTime() <= now);
            for (const name of promised(until, now, rules))
              expect([now, [...left]]).toEqual([now, expect.arrayContaining([name])]);
          });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('nothing stays but what was promised, and what a suspect is measured against', () => {
    fc.assert(
      fc.property(
        anyHistory,
        anyPasses,
        fc.option(anyRules, { nil: undefined }),
        (history, passes, rules) => {
          live(history, passes, rules, (now, left, judged) => {
            const until = history.filter(({ madeAt }) => madeAt.getTime() <= now);
            const names = promised(until, now, rules);
            for (const { name, reason } of judged) {
              if (left.has(name) && !names.has(name))
                expect(reason).toMatch(/^kept: suspect b\d+ is measured against it$/);
            }
          });
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a pass that comes twice, or at once with another on what it saw a while ago, deletes nothing more', () => {
    fc.assert(
      fc.property(anyHistory, anyRules, fc.integer({ min: 0, max: 900 }), (history, rules, later) => {
        const now = history.at(-1)!.madeAt.getTime() + later * hour;
        const going = (backups: readonly Made[]) =>
          new Set(
            verdicts(backups, circumstances(now, rules)).flatMap((each) => (each.delete ? [each.name] : [])),
          );
        const first = going(history);
        const left = history.filter(({ name }) => !first.has(name));
        expect(going(left)).toEqual(new Set());
      }),
    );
  });
});

describe('junk', () => {
  const junkKinds: Kind[] = ['empty', 'shrunk', 'partial', 'partial-unreadable', 'failed', 'foreign'];

  it('cannot push a good backup out, however much of it there is and whenever it comes', () => {
    fc.assert(
      fc.property(
        anyHistory,
        anyRules,
        fc.array(fc.tuple(fc.constantFrom(...junkKinds), fc.double({ min: 0, max: 1, noNaN: true })), {
          maxLength: 200,
        }),
        fc.integer({ min: 0, max: 2_000 }),
        (history, rules, junk, later) => {
          const good = history.filter(({ kind }) => kind === 'good');
          const [first, last] = [good[0]!.madeAt.getTime(), good.at(-1)!.madeAt.getTime() + 400 * hour];
          const now = last + later * hour;
          const all = [
            ...good,
            ...junk.map(([kind, share], n) =>
              made(kind, 1_000 + n, Math.ceil(first + 1 + share * (last - first)), 1, 100),
            ),
          ];
          const kept = (backups: Made[]) =>
            verdicts(backups, circumstances(now, rules)).flatMap((each) => (each.delete ? [] : [each.name]));
          const among = new Set(kept(all));
          for (const name of kept(good)) expect(among).toContain(name);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('what nobody may delete', () => {
  it('stays under any rules at any time', () => {
    fc.assert(
      fc.property(
        anyHistory,
        fc.option(anyRules, { nil: undefined }),
        fc.integer({ min: -100, max: 100_000 }),
        fc.constantFrom('held', 'inUse', 'unfinished'),
        fc.integer({ min: 0, max: 59 }),
        (history, rules, later, why, at) => {
          const { name } = history[at % history.length]!;
          const now = start + later * hour;
          const judged = verdicts(history, circumstances(now, rules, { [why]: new Set([name]) }));
          expect(judged.find((each) => each.name === name)?.delete).toBe(false);
          for (const each of judged.filter((one) => one.delete)) {
            const backup = history.find((one) => one.name === each.name)!;
            expect(backup.untouchable).toBeUndefined();
            expect(backup.ttlEnds!.getTime()).toBeLessThanOrEqual(now);
          }
          const blocked = verdicts(history, circumstances(now, rules, { blocked: 'something is unknown' }));
          expect(blocked.filter((each) => each.delete)).toEqual([]);
        },
      ),
    );
  });
});
