import { describe, expect, it } from '@jest/globals';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { tick } from '../../../../shared/app/ticks/tick';
import { takeLease } from '../../../../shared/formats/state/leases/leases';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { request } from '../../operations/runs/fixtures';
import { anInstallation } from '../an-installation';

/** Runs of which so many hold a lease, on clusters of their own, among so many that have ended; then the requests of one tick. */
async function costOf({ atWork, ended }: { atWork: number; ended: number }): Promise<number> {
  const { installation, context, bucket, finish, clock } = await anInstallation();
  const ask = (name: string) => requestRun(context, { ...request, metadata: { name }, cluster: name });
  for (let n = 0; n < ended; n += 1) {
    await ask(`ended-${n}`);
    await finish(`ended-${n}`);
  }
  for (let n = 0; n < atWork; n += 1) {
    await ask(`open-${n}`);
    (await takeLease(runStore(context.state, { kind: 'backups', name: `open-${n}` }), context))?.release();
  }
  await tick(installation);
  await clock.advance(60_000);
  let requests = 0;
  bucket.before = () => {
    requests += 1;
  };
  await tick(installation);
  return requests;
}

describe('what a tick costs in requests', () => {
  it('is seven with nothing to do, and no more for hundreds of runs that have ended', async () => {
    // Two hints; listings of the schedules, the open runs, the ended runs and the outbox; the heartbeat.
    expect(await costOf({ atWork: 0, ended: 0 })).toBe(7);
    expect(await costOf({ atWork: 0, ended: 300 })).toBe(7);
  });

  it('is one more for each run at work', async () => {
    expect(await costOf({ atWork: 10, ended: 20 })).toBe(17);
    expect(await costOf({ atWork: 100, ended: 0 })).toBe(107);
  });

  it('is three more for each run that waits for a place at a full cluster', async () => {
    const { installation, context, bucket, clock } = await anInstallation();
    const names = Array.from({ length: 54 }, (_, n) => `run-${n}`);
    for (const name of names) await requestRun(context, { ...request, metadata: { name } });
    await clock.advance(60_000);
    await tick(installation);
    let requests = 0;
    bucket.before = () => {
      requests += 1;
    };
    await tick(installation);
    // The four at work cost one each; the first that waits looks at their permits, for nine more.
    expect(requests).toBe(7 + 4 + 50 * 3 + 9);
  });
});
