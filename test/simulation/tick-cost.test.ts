import { describe, expect, it } from '@jest/globals';
import { tick } from '../../shared/app/ticks/tick';
import type { Installation } from '../../shared/app/installation';
import { finishRun } from '../../shared/formats/state/run/results';
import { openRuns } from '../../shared/formats/state/run/open-runs';
import { openState } from '../../shared/formats/state/state';
import { completed, minute, setUp } from '../shared/operations/runs/fixtures';

/** Daily schedules of one cluster each, at 10:05, and everything that a whole tick asks of OSS. */
async function manySchedules(count: number) {
  const { context, bucket, clock } = setUp();
  const state = openState(context.state);
  const vault = bucket.store('vault/');
  for (let n = 0; n < count; n += 1) {
    const manifest = {
      kind: 'Schedule',
      metadata: { name: `s${n}` },
      spec: {
        schedule: '5 10 * * *',
        clusters: [`c${n}`],
        vault: 'main',
        startAt: '2026-11-22T10:00:00Z',
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'] },
      },
    };
    bucket.write(`state/schedules/s${n}.json`, Buffer.from(JSON.stringify(manifest)));
  }
  const installation = {
    ...context,
    id: 'i1',
    state,
    settings: {},
    openVault: async () => vault,
  } as unknown as Installation;
  let requests = 0;
  bucket.before = () => {
    requests += 1;
  };
  async function cost(): Promise<number> {
    requests = 0;
    const { due, open } = await tick(installation);
    expect([due, open]).toMatchObject([{ failed: [] }, { failed: [] }]);
    return requests;
  }
  async function finishAll(): Promise<void> {
    for await (const run of openRuns(context.state, 'backups'))
      await finishRun(context.state, run, completed);
  }
  return { cost, finishAll, clock, state, bucket };
}

describe('the requests to OSS of a whole tick', () => {
  it.each([10, 100, 1_000])(
    'with %d schedules',
    async (count) => {
      const { cost, finishAll, clock } = await manySchedules(count);
      // The first reads each schedule; what it learnt it writes down.
      await cost();
      const idle = await cost();
      clock.freeze(5 * minute);
      const allDue = await cost();
      const underWay = await cost();
      await finishAll();
      const ended = await cost();
      const idleAgain = await cost();
      // Nothing that stands still costs anything, however much there is of it.
      expect({ idle, allDue, underWay, ended, idleAgain }).toEqual({
        idle: 7,
        allDue: 9 + 8 * count,
        underWay: 7 + 2 * count,
        ended: 8 + 5 * count,
        idleAgain: 7,
      });
    },
    120_000,
  );

  it('stay seven when schedules were changed and deleted, whose superseded revisions go within the hour', async () => {
    const { cost, clock, state, bucket } = await manySchedules(100);
    for (let n = 0; n < 100; n += 1)
      for (const jitter of ['1m', '2m', '3m'])
        await state.schedules.change(`s${n}`, (now) => ({ ...now, spec: { ...now.spec, jitter } }));
    for (let n = 90; n < 100; n += 1) await state.schedules.remove(`s${n}`);
    await cost();
    expect(await cost()).toBe(7);
    const keys = () => bucket.keys().filter((key) => key.startsWith('state/schedules/')).length;
    expect(keys()).toBe(410);
    clock.freeze(61 * minute);
    await state.schedules.change('s0', (now) => ({ ...now, spec: { ...now.spec, paused: true } }));
    // Two of each that is there, one of each that is gone, and the one that was newest until now.
    expect(keys()).toBe(2 * 90 + 10 + 1);
  });
});
