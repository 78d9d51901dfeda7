import { describe, expect, it } from '@jest/globals';
import { requestDueBackups } from '../../shared/operations/schedule/request-due-backups';
import { tickShare } from '../../shared/operations/schedule/tick-share';
import { openRuns } from '../../shared/formats/state/run/open-runs';
import { finishRun } from '../../shared/formats/state/run/results';
import { openState } from '../../shared/formats/state/state';
import { completed, minute, setUp } from '../shared/operations/runs/fixtures';

interface Times {
  schedule: string;
  spec?: object;
}

/** Schedules `s000`, `s001`, …, each of a cluster of its own, at 10:00, and ticks that have room for `slots` backups. */
function overloaded(count: number, slots: number, times: (n: number) => Times) {
  const { context, bucket, clock, sent } = setUp();
  const warnings: string[] = [];
  const log = { ...context.log, warn: (message: string) => void warnings.push(message) };
  const state = openState(context.state);
  const vault = bucket.store('vault/');
  for (let n = 0; n < count; n += 1) {
    const name = `s${String(n).padStart(3, '0')}`;
    const { schedule, spec } = times(n);
    const manifest = {
      kind: 'Schedule',
      metadata: { name },
      spec: {
        schedule,
        clusters: [`c${n}`],
        vault: 'main',
        startAt: '2026-11-22T10:00:00Z',
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'] },
        ...spec,
      },
    };
    bucket.write(`state/schedules/${name}.json`, Buffer.from(JSON.stringify(manifest)));
  }
  const places = { ...state, openVault: async () => vault };
  return {
    ...{ context, bucket, clock, warnings, sent },
    tick: (share = { slots, ms: tickShare.ms }) => requestDueBackups({ ...context, log }, places, share),
    async finishAll() {
      for await (const run of openRuns(context.state, 'backups'))
        await finishRun(context.state, run, completed);
    },
  };
}

const daily = () => ({ schedule: '5 10 * * *' });

describe('more slots than a tick has room for', () => {
  it('are asked for by the next ticks, each once, and those that came due first go first', async () => {
    // The last ten come due a minute before the others.
    const early = (n: number) => ({ schedule: n < 20 ? '5 10 * * *' : '4 10 * * *' });
    const { tick, clock, warnings } = overloaded(30, 8, early);
    await tick();
    clock.freeze(5 * minute);
    const asked: string[][] = [];
    for (let n = 0; n < 5; n += 1) {
      const { requested, failed } = await tick();
      expect(failed).toEqual([]);
      asked.push([...requested].sort());
      clock.freeze(minute);
    }
    expect(asked.map((names) => names.length)).toEqual([8, 8, 8, 6, 0]);
    const flat = asked.flat();
    expect(new Set(flat).size).toBe(30);
    expect(flat.slice(0, 8).every((name) => name >= 's020')).toBe(true);
    expect(flat.slice(8, 16).filter((name) => name >= 's020')).toHaveLength(2);
    expect(warnings).toEqual([22, 14, 6].map((left) => expect.stringContaining(`${left} backups are due`)));
  });

  it('are not missed, however long it takes, where missed runs are skipped or no window is open any more', async () => {
    const spec = (n: number) =>
      n % 2 === 0 ? { missedRun: 'skip' } : { windows: { allowed: ['10:00-10:06'] } };
    const { tick, clock } = overloaded(16, 1, (n) => ({ schedule: '5 10 * * *', spec: spec(n) }));
    await tick();
    clock.freeze(5 * minute);
    const asked: string[] = [];
    for (let n = 0; n < 17; n += 1) {
      asked.push(...(await tick()).requested);
      clock.freeze(minute);
    }
    expect(asked).toHaveLength(16);
    expect(new Set(asked).size).toBe(16);
  });

  it('keep nobody waiting for ever: who waited longest is first, also where all are due every minute', async () => {
    const { tick, clock, finishAll } = overloaded(12, 4, () => ({ schedule: '* * * * *' }));
    const counts = new Map<string, number>();
    for (let n = 0; n < 12; n += 1) {
      clock.freeze(minute);
      for (const name of (await tick()).requested) {
        const schedule = name.slice(0, 4);
        counts.set(schedule, (counts.get(schedule) ?? 0) + 1);
      }
      await finishAll();
    }
    expect([...counts.values()]).toEqual(Array.from({ length: 12 }, () => 4));
  });

  it('are overdue when they would be without that, and not before', async () => {
    const { tick, clock, finishAll } = overloaded(12, 2, daily);
    await tick();
    clock.freeze(5 * minute);
    for (let n = 0; n < 7; n += 1) {
      expect((await tick()).overdue).toEqual([]);
      await finishAll();
      clock.freeze(minute);
    }
    await tick();
    clock.freeze(60 * minute);
    expect((await tick()).overdue).toEqual([]);
  });

  it('are put off where the time is over, and those in hand are finished', async () => {
    const { tick, clock, bucket } = overloaded(40, 1_000, daily);
    await tick();
    clock.freeze(5 * minute);
    bucket.before = () => clock.freeze(1_000);
    const first = (await tick()).requested.length;
    // The go that begins within forty seconds takes longer.
    expect(first).toBe(16);
    bucket.before = () => {};
    expect((await tick()).requested).toHaveLength(24);
  });

  it('wait behind none that a backup under way holds up', async () => {
    const times = (n: number) => ({ schedule: n < 10 ? '* * * * *' : '5 10 * * *' });
    const { tick, clock } = overloaded(12, 3, times);
    clock.freeze(minute);
    for (let n = 0; n < 4; n += 1) await tick();
    // Ten wait for their own backups, which never end.
    for (let n = 0; n < 3; n += 1) {
      clock.freeze(minute);
      expect((await tick()).held).toHaveLength(10);
    }
    clock.freeze(minute);
    expect((await tick()).requested).toEqual(['s010-20261122100500', 's011-20261122100500']);
  });

  it('are dropped where the schedule is changed so that they are none, or paused', async () => {
    const { tick, clock, bucket, context } = overloaded(3, 1, daily);
    const state = openState(context.state);
    await tick();
    clock.freeze(5 * minute);
    expect((await tick()).requested).toHaveLength(1);
    await state.schedules.change('s001', (now) => ({ ...now, spec: { ...now.spec, schedule: '0 4 * * *' } }));
    await state.schedules.change('s002', (now) => ({ ...now, spec: { ...now.spec, paused: true } }));
    clock.freeze(minute);
    expect((await tick()).requested).toEqual([]);
    expect(bucket.keys().filter((key) => key.endsWith('/request.json'))).toHaveLength(1);
  });
});
