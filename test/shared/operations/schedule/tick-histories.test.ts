import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { silentLog } from '../../../../shared/platform/log/log';
import type { Schedule } from '../../../../shared/formats/manifests/schedule';
import type { RunContext } from '../../../../shared/operations/runs/run-context';
import { requestDueBackups } from '../../../../shared/operations/schedule/request-due-backups';
import { newestLeftOut } from '../../../../shared/formats/state/left-out';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { openState } from '../../../../shared/formats/state/state';
import { countingRandom, FakeClock } from '../../../harness/fake-clock';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { completed } from '../runs/fixtures';
import { aSchedule } from './a-schedule';

const minute = 60_000;
const start = Date.parse('2027-03-25T10:00:00Z');

/** What happens: a tick so many seconds after the last event, by so many instances at once, some of them with the hints of an earlier tick. */
interface Event {
  after: number;
  instances: number;
  losesHints: boolean;
}

/** Minutes as a rule, days now and then. */
const events = fc.array(
  fc.record({
    after: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 90 }) },
      { weight: 3, arbitrary: fc.integer({ min: 60, max: 3_600 }) },
      { weight: 1, arbitrary: fc.integer({ min: 3_600, max: 5 * 86_400 }) },
    ),
    instances: fc.integer({ min: 1, max: 3 }),
    losesHints: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

const schedules = fc.record({
  schedule: fc.constantFrom('*/7 * * * *', '0 * * * *', '30 2 * * *', '50m'),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin'),
  missedRun: fc.constantFrom('skip', 'once'),
  concurrency: fc.constantFrom('forbid', 'allow'),
  jitter: fc.constantFrom(undefined, '5m'),
  windows: fc.constantFrom(undefined, { blackout: ['12:00-14:00'] }),
});

interface Asked {
  slot: number;
  at: number;
}

/** Plays a history, each backup ending `duration` after it was asked for; answers with what was asked for, in order, and the ticks. */
async function play(schedule: Schedule, history: readonly Event[], duration: number) {
  const clock = new FakeClock(new Date(start).toISOString());
  const bucket = new MemoryBucket(clock);
  const state = openState(bucket.store('state/'));
  const vault = bucket.store('vault/');
  await state.schedules.create(schedule);
  const asked: Asked[] = [];
  const ticks: number[] = [];
  const running: { name: string; end: number }[] = [];
  const context = (holder: string): RunContext => ({
    state: state.store,
    installation: 'i1',
    dispatcher: { start: async () => 'sent' },
    clock,
    random: countingRandom(),
    log: silentLog,
    holder,
  });
  for (const { after, instances, losesHints } of history) {
    clock.freeze(after * 1_000);
    const now = clock.now().getTime();
    for (const { name, end } of running.splice(0)) {
      if (end > now) running.push({ name, end });
      else await finishRun(state.store, { kind: 'backups', name }, completed);
    }
    if (losesHints) for (const key of bucket.keys()) if (key.includes('/hints/')) bucket.objects.delete(key);
    const reports = await Promise.all(
      Array.from({ length: instances }, (_, n) =>
        requestDueBackups(context(`t${n}`), { ...state, openVault: async () => vault }),
      ),
    );
    ticks.push(now);
    for (const report of reports) {
      expect(report.failed).toEqual([]);
      for (const name of report.requested) {
        const [, stamp = ''] = /-(\d{14})$/.exec(name) ?? [];
        const text = stamp.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z');
        asked.push({ slot: Date.parse(text), at: now });
        running.push({ name, end: now + duration });
      }
    }
  }
  const name = { schedule: schedule.metadata.name, cluster: 'a' };
  return { asked, ticks, leftOut: await newestLeftOut(state.store, name, 100) };
}

/** Every slot in the time of a history, worked out by stepping through the minutes instead of by cron. */
function slotsBySteps(schedule: Schedule, until: number): { slot: number; due: number }[] {
  return pointsBySteps(schedule, until).filter(({ due }) => !isBlack(schedule, due));
}

/** Also those that lie outside the windows. */
function pointsBySteps(schedule: Schedule, until: number): { slot: number; due: number }[] {
  const { spec } = schedule;
  const startAt = Date.parse(spec.startAt);
  const jitter = spec.jitter === undefined ? 0 : jitterOfDaily;
  const [, every] = /^(\d+)m$/.exec(spec.schedule) ?? [];
  const found: { slot: number; due: number }[] = [];
  for (let at = startAt + minute; at + jitter <= until; at += minute) {
    const clock = localMinute(schedule, at);
    const named = every
      ? (at - startAt) % (Number(every) * minute) === 0
      : spec.schedule === '*/7 * * * *'
        ? (clock % 60) % 7 === 0
        : spec.schedule === '0 * * * *'
          ? clock % 60 === 0
          : // Spring of 2027 in Berlin: 28 March has no 02:30, so its slot is at 03:30.
            clock === 150 || (spec.timeZone !== 'UTC' && at === Date.parse('2027-03-28T01:30:00Z'));
    if (named) found.push({ slot: at, due: at + jitter });
  }
  return found;
}

/** SHA-256 of `daily` begins with 6f31304c, 0.4343 of 2³²: that part of the 301 seconds from 0 to 300, rounded down. */
const jitterOfDaily = 130_000;

/** Minutes of the day; Berlin goes from one hour before UTC to two on 28 March 2027. */
function localMinute({ spec }: Schedule, at: number): number {
  const ahead = spec.timeZone === 'UTC' ? 0 : at < Date.parse('2027-03-28T01:00:00Z') ? 60 : 120;
  return (Math.floor(at / minute) + ahead) % 1440;
}

function isBlack(schedule: Schedule, at: number): boolean {
  const hour = Math.floor(localMinute(schedule, at) / 60);
  return schedule.spec.windows !== undefined && hour >= 12 && hour < 14;
}

const onTime = 10 * minute;

describe('whatever the history of ticks', () => {
  it('no slot is asked for twice, none before it is due, and none but slots', async () => {
    await fc.assert(
      fc.asyncProperty(
        schedules,
        events,
        fc.integer({ min: 0, max: 90 * minute }),
        async (spec, history, duration) => {
          const schedule = aSchedule({ ...spec, startAt: new Date(start).toISOString() });
          const { asked, ticks } = await play(schedule, history, duration);
          const slots = slotsBySteps(schedule, ticks.at(-1)!);
          expect(new Set(asked.map(({ slot }) => slot)).size).toBe(asked.length);
          for (const { slot, at } of asked) {
            const named = slots.find((each) => each.slot === slot);
            expect({ slot, named }).toEqual({ slot, named: expect.anything() });
            expect(at).toBeGreaterThanOrEqual(named!.due);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('each slot before the newest was asked for or is on record as left out, once, also when hints are lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        schedules,
        events,
        fc.integer({ min: 0, max: 90 * minute }),
        async (spec, history, duration) => {
          const schedule = aSchedule({ ...spec, startAt: new Date(start).toISOString() });
          const { asked, ticks, leftOut } = await play(schedule, history, duration);
          const newest = slotsBySteps(schedule, ticks.at(-1)!).at(-1)?.slot ?? start;
          const before = pointsBySteps(schedule, ticks.at(-1)!).filter(({ slot }) => slot < newest);
          const black = before.filter(({ due }) => isBlack(schedule, due)).length;
          const reasons = leftOut.flatMap((record) => record.reasons);
          const count = (windows: boolean) =>
            reasons
              .filter(({ why }) => (why === 'window') === windows)
              .reduce((sum, each) => sum + each.slots, 0);
          expect({ windows: count(true), others: count(false) }).toEqual({
            windows: black,
            others: before.length - black - asked.filter(({ slot }) => slot < newest).length,
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('by missedRun skip nothing is asked for late, and what a tick came to in time is', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, events, async (spec, history) => {
        const schedule = aSchedule({
          ...spec,
          missedRun: 'skip',
          concurrency: 'allow',
          startAt: new Date(start).toISOString(),
        });
        const { asked, ticks } = await play(schedule, history, 0);
        const slots = slotsBySteps(schedule, ticks.at(-1)!);
        const expected = new Set<number>();
        for (const tick of ticks) {
          const newest = slots.findLast(({ due }) => due <= tick);
          if (newest && tick - newest.due <= onTime) expected.add(newest.slot);
        }
        expect(asked.map(({ slot }) => slot)).toEqual([...expected]);
      }),
      { numRuns: 80 },
    );
  });

  it('by missedRun once, each tick in an open window leaves the newest slot asked for, and no older one is made up for', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, events, async (spec, history) => {
        const schedule = aSchedule({
          ...spec,
          missedRun: 'once',
          concurrency: 'allow',
          startAt: new Date(start).toISOString(),
        });
        const { asked, ticks } = await play(schedule, history, 0);
        const slots = slotsBySteps(schedule, ticks.at(-1)!);
        const expected = new Set<number>();
        for (const tick of ticks) {
          const newest = slots.findLast(({ due }) => due <= tick);
          if (!newest) continue;
          if (!isBlack(schedule, tick) || tick - newest.due <= onTime) expected.add(newest.slot);
        }
        expect(asked.map(({ slot }) => slot)).toEqual([...expected]);
      }),
      { numRuns: 80 },
    );
  });

  it('by concurrency forbid no backup is asked for while another is under way', async () => {
    await fc.assert(
      fc.asyncProperty(
        schedules,
        events,
        fc.integer({ min: 0, max: 90 * minute }),
        async (spec, history, duration) => {
          const schedule = aSchedule({
            ...spec,
            concurrency: 'forbid',
            startAt: new Date(start).toISOString(),
          });
          const { asked } = await play(schedule, history, duration);
          asked.slice(1).forEach(({ at }, index) => {
            expect(at).toBeGreaterThanOrEqual(asked[index]!.at + duration);
          });
        },
      ),
      { numRuns: 80 },
    );
  });
});
