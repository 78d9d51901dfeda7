import { describe, expect, it } from '@jest/globals';
import { documentBytes } from '../../../../shared/formats/state/json-object';
import { listPermits } from '../../../../shared/formats/state/leases/permits';
import { findResult } from '../../../../shared/formats/state/run/results';
import { findRun } from '../../../../shared/formats/state/run/runs';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { cancelRun } from '../../../../shared/operations/runs/cancel-run';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import type { Pausing } from '../../../../shared/operations/runs/pausing';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import { LifeboatError } from '../../../../shared/platform/errors';
import { completed, minute, request, run, setUp } from './fixtures';

const snapshots: Pausing = {
  paused: { phase: 'WaitingForPluginOperations', message: '1 of 2 snapshots is ready', done: 1, total: 2 },
};

describe('a run that pauses', () => {
  it('is started again after 1, 2 and 4 minutes, then every 5, and 100 pauses use up none of its starts', async () => {
    const { context, sent, clock } = setUp();
    await requestRun(context, request);
    const startedAt: number[] = [];
    let minutes = 0;
    for (let started = 0; minutes < 8 * 60; minutes += 1) {
      if (sent.length > started) {
        started = sent.length;
        startedAt.push(minutes);
        expect(await carryOutRun(context, run, async () => snapshots)).toBeUndefined();
      }
      await clock.advance(minute);
      await restartOpenRuns(context);
    }
    expect(startedAt.slice(0, 6)).toEqual([0, 1, 3, 7, 12, 17]);
    expect(startedAt.length).toBeGreaterThan(90);
    expect(await findRun(context.state, run)).toMatchObject({ phase: 'InProgress', live: false });

    const last = await carryOutRun(context, run, async (_, __, { resumed }) => {
      expect(resumed).toBe(true);
      return completed;
    });

    expect(last).toMatchObject({ phase: 'Completed' });
  });

  it('holds no place at its cluster meanwhile, and needs none to go on', async () => {
    const { context } = setUp();
    await requestRun(context, request);

    await carryOutRun(context, run, async () => snapshots);

    const { permits } = await listPermits(context.state, 'a');
    expect(permits.filter(({ free }) => !free)).toEqual([]);
  });

  it('says what it waits for', async () => {
    const { context } = setUp();
    await requestRun(context, request);
    await carryOutRun(context, run, async () => snapshots);
    expect(await findRun(context.state, run)).toMatchObject({
      progress: {
        phase: 'WaitingForPluginOperations',
        message: '1 of 2 snapshots is ready',
        done: 1,
        total: 2,
      },
    });
  });

  it('goes on after a worker that died in the middle of a step, once its lease is old', async () => {
    const { context, sent, clock } = setUp();
    await requestRun(context, request);
    await carryOutRun(context, run, async () => snapshots);
    await clock.advance(minute);
    await restartOpenRuns(context);
    expect(sent).toHaveLength(2);
    await clock.advance(3 * minute);
    await restartOpenRuns(context);
    expect(sent).toHaveLength(3);
  });
});

describe('a run that has touched its cluster', () => {
  async function touched() {
    const set = setUp();
    await requestRun(set.context, request);
    const touches = documentBytes({ kind: 'Touches' });
    await carryOutRun(set.context, run, async () => {
      await runStore(set.context.state, run).create('touches.json', touches);
      return snapshots;
    });
    return set;
  }

  it('is cleared up by a worker before it ends as cancelled', async () => {
    const { context, sent } = await touched();
    expect(await cancelRun(context, run)).toBeUndefined();
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ sent: 1, cancelled: 0 });
    const done: string[] = [];

    const result = await carryOutRun(context, run, () => Promise.reject(new Error('went on')), {
      abandoned: async () => void done.push('cleared up'),
    });

    expect(sent).toHaveLength(2);
    expect([result, done]).toEqual([expect.objectContaining({ cancelled: true }), ['cleared up']]);
  });

  it('stays open while it cannot be cleared up, and ends after three more starts, saying what may be left', async () => {
    const { context, sent, clock } = await touched();
    const away = new LifeboatError('unavailable', 'cluster a does not answer');
    const abandoned = () => Promise.reject(away);
    let started = 1;
    for (let hours = 0; hours < 20 && !(await findResult(context.state, run)); hours += 1) {
      await clock.advance(60 * minute);
      await restartOpenRuns(context);
      if (sent.length === started) continue;
      started = sent.length;
      await carryOutRun(context, run, () => Promise.reject(away), { abandoned }).catch(() => {});
      await clock.advance(4 * minute);
    }
    expect(started).toBe(14);
    expect((await findResult(context.state, run))?.reason).toBe(
      'gave up after 14 starts; the last one said: cluster a does not answer; what it left in its cluster could not all be removed',
    );
  });

  it('is cleared up where it cannot be carried out', async () => {
    const { context } = await touched();
    const done: string[] = [];
    const failed = { ...completed, phase: 'Failed' as const };
    await carryOutRun(context, run, async () => failed, {
      abandoned: async () => void done.push('cleared up'),
    });
    expect(done).toEqual(['cleared up']);
  });
});
