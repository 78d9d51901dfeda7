import { describe, expect, it } from '@jest/globals';
import { cancelRun } from '../../../../shared/operations/runs/cancel-run';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import { findResult, finishRun } from '../../../../shared/formats/state/run/results';
import { completed, minute, request, run, setUp } from './fixtures';

/** A caller that may ask, and the tick and the workers beside it. */
function asking(runsPerCluster?: number) {
  const made = setUp();
  const asker = { ...made.context, asksOnly: true, holder: 'api', runsPerCluster };
  return { ...made, asker, context: { ...made.context, runsPerCluster } };
}
const named = (name: string) => ({ ...request, metadata: { name } });

describe('whoever may only ask for runs', () => {
  it('writes the request and the first start alone, and starts the worker, which takes the place itself', async () => {
    const { asker, context, bucket, sent } = asking();
    expect(await requestRun(asker, request)).toMatchObject({ created: true, started: true });
    expect(bucket.keys()).toEqual([
      'state/open/backups/shop-1',
      'state/runs/backups/shop-1/request.json',
      'state/runs/backups/shop-1/start-1.json',
    ]);
    expect(sent).toHaveLength(1);
    let permits: string[] = [];
    await carryOutRun(context, run, async () => {
      permits = bucket.keys().filter((key) => key.includes('/permits/'));
      return completed;
    });
    expect(permits).toHaveLength(1);
    expect(await findResult(context.state, run)).toMatchObject({ phase: 'Completed' });
  });

  it('starts no worker where the cluster has no place, and spends no start on it', async () => {
    const { asker, context, bucket, sent } = asking(1);
    await requestRun(context, named('first'));
    expect(await requestRun(asker, named('second'))).toMatchObject({ created: true, started: false });
    expect(sent).toHaveLength(1);
    expect(bucket.keys().filter((key) => key.includes('/second/'))).toEqual([
      'state/runs/backups/second/request.json',
    ]);
    await finishRun(context.state, { kind: 'backups', name: 'first' }, completed);
    await restartOpenRuns(context);
    expect(sent).toHaveLength(2);
  });

  it('starts nothing a second time, whatever has become of the run', async () => {
    const { asker, context, bucket, sent, clock } = asking();
    await requestRun(asker, request);
    await clock.advance(60 * minute);
    const before = bucket.keys();
    expect(await requestRun(asker, request)).toMatchObject({ created: false, started: false });
    await finishRun(context.state, run, completed);
    const ended = bucket.keys();
    expect(await requestRun(asker, request)).toMatchObject({ created: false, started: false });
    expect(bucket.keys()).toEqual(ended);
    expect(before).toHaveLength(3);
    expect(sent).toHaveLength(1);
  });

  it('cancels by writing it down; the tick ends the run where no worker is at it', async () => {
    const { asker, context, bucket } = asking();
    await requestRun(asker, request);
    const before = bucket.keys();
    expect(await cancelRun(asker, run)).toBeUndefined();
    const added = bucket.keys().filter((key) => !before.includes(key));
    expect(added).toEqual(['state/runs/backups/shop-1/cancel.json']);
    await restartOpenRuns(context);
    expect(await findResult(context.state, run)).toMatchObject({
      cancelled: true,
      reason: 'cancelled by api',
    });
    expect(await cancelRun(asker, run)).toMatchObject({ cancelled: true });
  });
});
