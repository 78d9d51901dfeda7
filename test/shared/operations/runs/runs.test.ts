import { describe, expect, it } from '@jest/globals';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import { LifeboatError } from '../../../../shared/platform/errors';
import { takeLease } from '../../../../shared/formats/state/leases/leases';
import { findResult } from '../../../../shared/formats/state/run/results';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { findRun } from '../../../../shared/formats/state/run/runs';
import { completed, minute, request, run, setUp } from './fixtures';

const open = 'state/open/backups/shop-1';

describe('asking for a run', () => {
  it('writes the intent and starts one worker, however many ask at once', async () => {
    const { context, sent, bucket } = setUp();
    const answers = await Promise.all([1, 2, 3].map(() => requestRun(context, request)));
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(sent).toHaveLength(1);
    expect(bucket.keys()).toContain(open);
    expect(await findRun(context.state, run)).toMatchObject({ phase: 'New', starts: 1, live: false });
  });

  it('succeeds when the worker cannot be started: the tick does it, by the next number', async () => {
    const { context, sent, dispatch, clock } = setUp();
    dispatch.fails = true;
    expect(await requestRun(context, request)).toMatchObject({ created: true, started: false });
    dispatch.fails = false;
    await clock.advance(119_000);
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ sent: 0, waiting: 1 });
    await clock.advance(1_000);
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ sent: 1 });
    expect(sent).toHaveLength(1);
  });
});

describe('a tick', () => {
  it('starts a run whose worker died without a word, once its lease is old', async () => {
    const { context, sent, clock } = setUp();
    await requestRun(context, request);
    (await takeLease(runStore(context.state, run), context))!.release();
    await clock.advance(170_000);
    await restartOpenRuns(context);
    expect(sent).toHaveLength(1);
    await clock.advance(10_000);
    const reports = await Promise.all([restartOpenRuns(context), restartOpenRuns(context)]);
    expect(reports.map(({ outcomes }) => outcomes.sent).sort()).toEqual([0, 1]);
    expect(new Set(sent).size).toBe(2);
  });

  it('gives a run up after ten starts, with what its last attempt said', async () => {
    const { context, sent, clock, bucket } = setUp();
    await requestRun(context, request);
    await carryOutRun(context, run, async () => {
      throw new LifeboatError('unavailable', 'cluster a does not answer');
    }).catch(() => {});
    for (let hours = 0; hours < 12; hours += 1) {
      await clock.advance(60 * minute);
      await restartOpenRuns(context);
    }
    expect(sent).toHaveLength(10);
    expect(await findResult(context.state, run)).toMatchObject({
      phase: 'Failed',
      reason: 'gave up after 10 starts; the last one said: cluster a does not answer',
    });
    expect(bucket.keys()).not.toContain(open);
  });

  it('fences a frozen worker before it gives its run up', async () => {
    const { context, clock } = setUp();
    await requestRun(context, request);
    const frozen = (await takeLease(runStore(context.state, run), context))!;
    for (let hours = 0; hours < 12; hours += 1) {
      clock.freeze(60 * minute);
      await restartOpenRuns(context);
    }
    expect((await findResult(context.state, run))?.phase).toBe('Failed');
    await expect(frozen.renew()).rejects.toMatchObject({ kind: 'lost-lease' });
  });

  it('closes a run whose worker died between the result and the end', async () => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    await runStore(context.state, run).create('result.json', Buffer.from(JSON.stringify(completed)));
    expect((await restartOpenRuns(context)).outcomes.closed).toBe(1);
    expect(bucket.keys()).not.toContain(open);
  });

  it('ends a run whose request cannot be read, with the reason', async () => {
    const { context, bucket, sent, clock } = setUp();
    await requestRun(context, request);
    bucket.objects.get('state/runs/backups/shop-1/request.json')!.body =
      Buffer.from('{"kind":"BackupRequest"}');
    await clock.advance(3 * minute);
    expect((await restartOpenRuns(context)).outcomes['gave-up']).toBe(1);
    expect(await findResult(context.state, run)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringMatching(/^its request cannot be read: .*metadata is missing/),
    });
    expect(bucket.keys()).not.toContain(open);
    expect(sent).toHaveLength(1);
  });

  it('passes over a run that it cannot look at', async () => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    await requestRun(context, { ...request, metadata: { name: 'shop-2' } });
    bucket.before = (op, key) => {
      if (op === 'list' && key.includes('runs/backups/shop-1')) throw new Error('broken');
    };
    const report = await restartOpenRuns(context);
    expect(report.failed).toEqual([{ name: 'shop-1', reason: 'broken' }]);
    expect(report.outcomes.waiting).toBe(1);
  });
});

describe('carrying a run out', () => {
  it('records the outcome and closes the run', async () => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    expect(await carryOutRun(context, run, async () => completed)).toEqual(completed);
    expect(await findRun(context.state, run)).toMatchObject({ phase: 'Completed', live: false });
    expect(bucket.keys()).not.toContain(open);
  });

  it('is done by one of two workers that start at once', async () => {
    const { context } = setUp();
    await requestRun(context, request);
    let attempts = 0;
    const work = async () => {
      attempts += 1;
      return completed;
    };
    await Promise.all([carryOutRun(context, run, work), carryOutRun(context, run, work)]);
    expect(attempts).toBe(1);
  });

  it('is not done again once there is a result', async () => {
    const { context, clock } = setUp();
    await requestRun(context, request);
    await carryOutRun(context, run, async () => completed);
    await clock.advance(10 * minute);
    const again = await carryOutRun(context, run, async () => {
      throw new Error('done twice');
    });
    expect(again).toEqual(completed);
  });

  it.each(['invalid', 'denied', 'not-found', 'conflict', 'corrupt'] as const)(
    'ends as failed when the error is %s: another attempt would end the same',
    async (kind) => {
      const { context } = setUp();
      await requestRun(context, request);
      const failure = new LifeboatError(kind, 'what was wrong', { hint: 'what to do' });
      const result = await carryOutRun(context, run, () => Promise.reject(failure));
      expect(result).toMatchObject({ phase: 'Failed', reason: 'what was wrong (what to do)' });
    },
  );

  it.each([
    ['denied', [0, 3, 7, 15, 31, 63]],
    ['not-found', [0, 3, 7]],
  ] as const)(
    'is started again after %s for as long as its patience lasts, at growing distances',
    async (kind, starts) => {
      const { context, clock } = setUp();
      await requestRun(context, request);
      const began = clock.now().getTime();
      const failure = new LifeboatError(kind, 'the token has ended');
      const tried: number[] = [];
      const work = () =>
        carryOutRun(
          context,
          run,
          () => {
            tried.push(Math.round((clock.now().getTime() - began) / minute));
            return Promise.reject(failure);
          },
          { patience: { denied: 65 * minute, absent: 10 * minute } },
        );
      await expect(work()).rejects.toBe(failure);
      for (let minutes = 0; minutes < 120; minutes += 1) {
        await clock.advance(minute);
        if ((await restartOpenRuns(context)).outcomes.sent > 0) await work().catch(() => {});
      }
      expect(tried).toEqual(starts);
      expect(await findResult(context.state, run)).toMatchObject({
        phase: 'Failed',
        reason: 'the token has ended',
        attempts: starts.length,
      });
    },
  );

  it('ends at the first refusal where the next start would come after its patience', async () => {
    const { context } = setUp();
    await requestRun(context, request);
    const failure = new LifeboatError('denied', 'the token has ended');
    const result = await carryOutRun(context, run, () => Promise.reject(failure), {
      patience: { denied: minute, absent: minute },
    });
    expect(result).toMatchObject({ phase: 'Failed', reason: 'the token has ended' });
  });

  it('is not called failed where only its result was refused: the next start records it', async () => {
    const { context, bucket, clock } = setUp();
    await requestRun(context, request);
    let refusals = 1;
    bucket.before = (op, key) => {
      if (op === 'create' && key.endsWith('result.json') && refusals-- > 0)
        throw new LifeboatError('denied', 'the role was being changed');
    };
    await expect(carryOutRun(context, run, async () => completed)).rejects.toMatchObject({ kind: 'denied' });
    expect(await findResult(context.state, run)).toBeUndefined();
    await clock.advance(3 * minute);
    expect(await carryOutRun(context, run, async () => completed)).toMatchObject({ phase: 'Completed' });
  });

  it('stays open when another attempt may succeed, and says what was wrong', async () => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    const failure = new LifeboatError('unavailable', 'no answer');
    await expect(carryOutRun(context, run, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(bucket.keys()).toContain(open);
    expect(await findRun(context.state, run)).toMatchObject({ progress: { message: 'no answer' } });
  });

  it('never ends a committed backup as failed', async () => {
    const { context } = setUp();
    await requestRun(context, request);
    const failure = new LifeboatError('denied', 'the vault refuses');
    const attempt = carryOutRun(context, run, async () => {
      await runStore(context.state, run).create('commit.json', Buffer.from('{}'));
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await findResult(context.state, run)).toBeUndefined();
  });

  it('stops without a word in the state when somebody else took over', async () => {
    const { context, clock } = setUp();
    await requestRun(context, request);
    const answer = await carryOutRun(context, run, async (lease) => {
      clock.freeze(200_000);
      const successor = (await takeLease(runStore(context.state, run), context))!;
      successor.release();
      await lease.renew();
      return completed;
    });
    expect(answer).toBeUndefined();
    expect(await findResult(context.state, run)).toBeUndefined();
  });

  it('leaves the decision about a failure to the successor', async () => {
    const { context, clock } = setUp();
    await requestRun(context, request);
    const answer = await carryOutRun(context, run, async () => {
      clock.freeze(200_000);
      (await takeLease(runStore(context.state, run), context))!.release();
      throw new LifeboatError('denied', 'old credentials');
    });
    expect(answer).toBeUndefined();
    expect(await findResult(context.state, run)).toBeUndefined();
  });
});
