import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../shared/platform/errors';
import { cancelRun } from '../../../../shared/operations/runs/cancel-run';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import { takeLease } from '../../../../shared/formats/state/leases/leases';
import { findResult } from '../../../../shared/formats/state/run/results';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { completed, minute, request, run, setUp } from './fixtures';

const open = 'state/open/backups/shop-1';

describe('cancelling a run', () => {
  it('ends one at once that no worker holds, and the worker that comes then does nothing', async () => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    expect(await cancelRun(context, run)).toMatchObject({
      phase: 'Failed',
      cancelled: true,
      reason: 'cancelled by test',
      errors: 0,
    });
    expect(bucket.keys()).not.toContain(open);
    const answer = await carryOutRun(context, run, async () => {
      throw new Error('worked all the same');
    });
    expect(answer).toMatchObject({ cancelled: true });
  });

  it('stops the worker within ten seconds, whatever it is at', async () => {
    const { context, clock } = setUp();
    await requestRun(context, request);
    const working = carryOutRun(
      context,
      run,
      (lease) =>
        new Promise((_, reject) => {
          lease.signal.addEventListener('abort', () => reject(lease.signal.reason));
        }),
    );
    await clock.advance(5_000);
    expect(await cancelRun(context, run)).toBeUndefined();
    await clock.advance(10_000);
    expect(await working).toMatchObject({ phase: 'Failed', cancelled: true, reason: 'cancelled by test' });
    expect(await findResult(context.state, run)).toMatchObject({ cancelled: true });
  });

  it.each([undefined, new Error('OSS went away')])(
    'has the worker remove what no attempt needs any more before the outcome stands, and bears its failure: %s',
    async (failure) => {
      const { context } = setUp();
      await requestRun(context, request);
      const seen: unknown[] = [];
      const attempt = async (lease: { renew(): Promise<void> }) => {
        await cancelRun(context, run);
        await lease.renew();
        throw new Error('went on');
      };
      const cancelled = async () => {
        seen.push(await findResult(context.state, run));
        if (failure) throw failure;
      };
      expect(await carryOutRun(context, run, attempt, { abandoned: cancelled })).toMatchObject({
        cancelled: true,
      });
      expect(seen).toEqual([undefined]);
    },
  );

  it('has the worker remove nothing where it failed, or lost its lease: a later attempt goes on with it', async () => {
    const { context } = setUp();
    await requestRun(context, request);
    const seen: string[] = [];
    const cancelled = async () => void seen.push('removed');
    const lost = new LifeboatError('lost-lease', 'another holder has it');
    await carryOutRun(context, run, () => Promise.reject(lost), { abandoned: cancelled });
    expect(seen).toEqual([]);
  });

  it('stops the worker before the next thing that matters', async () => {
    const { context } = setUp();
    await requestRun(context, request);
    const result = await carryOutRun(context, run, async (lease) => {
      await cancelRun(context, run);
      await lease.renew();
      throw new Error('went on');
    });
    expect(result).toMatchObject({ phase: 'Failed', cancelled: true });
  });

  it('is done by the tick when the worker died before it saw it', async () => {
    const { context, clock, bucket, sent } = setUp();
    await requestRun(context, request);
    (await takeLease(runStore(context.state, run), context))!.release();
    expect(await cancelRun(context, run)).toBeUndefined();
    await clock.advance(3 * minute);
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ cancelled: 1, sent: 0 });
    expect(await findResult(context.state, run)).toMatchObject({ cancelled: true });
    expect(bucket.keys()).not.toContain(open);
    expect(sent).toHaveLength(1);
  });

  it('comes too late for a backup that is committed: it is put into its vault', async () => {
    const { context, clock, sent } = setUp();
    await requestRun(context, request);
    const attempt = carryOutRun(context, run, async () => {
      await cancelRun(context, run);
      await runStore(context.state, run).create('commit.json', Buffer.from('{}'));
      clock.freeze(1_000);
      throw new Error('no answer');
    });
    await expect(attempt).rejects.toThrow('no answer');
    await clock.advance(4 * minute);
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ sent: 1, cancelled: 0 });
    expect(sent).toHaveLength(2);
    const replay = carryOutRun(context, run, async (lease) => {
      await lease.renew();
      await clock.sleep(30_000);
      lease.signal.throwIfAborted();
      return completed;
    });
    await clock.advance(40_000);
    expect(await replay).toEqual({ ...completed, attempts: 2 });
    await expect(cancelRun(context, run)).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is refused for a run that has ended or that nobody asked for, and the same when asked for twice', async () => {
    const { context } = setUp();
    await expect(cancelRun(context, run)).rejects.toMatchObject({ kind: 'not-found' });
    await requestRun(context, request);
    const ended = await cancelRun(context, run);
    expect(await cancelRun(context, run)).toEqual(ended);
    await requestRun(context, { ...request, metadata: { name: 'shop-2' } });
    const second = { kind: 'backups', name: 'shop-2' } as const;
    await carryOutRun(context, second, async () => completed);
    await expect(cancelRun(context, second)).rejects.toMatchObject({
      kind: 'conflict',
      message: 'backup "shop-2" has ended already: Completed',
    });
  });

  it('says of a restore that what it made stays', async () => {
    const { context } = setUp();
    await requestRun(context, {
      kind: 'RestoreRequest',
      metadata: { name: 'back' },
      cluster: 'a',
      vault: 'main',
      spec: { backupName: 'shop-1' },
    });
    expect(await cancelRun(context, { kind: 'restores', name: 'back' })).toMatchObject({
      reason: 'cancelled by test; what it had restored stays in the cluster',
    });
  });
});
