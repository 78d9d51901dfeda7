import { describe, expect, it } from '@jest/globals';
import { fillFreedPlaces } from '../../../../shared/app/ticks/fill-freed-places';
import { tick } from '../../../../shared/app/ticks/tick';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { completed, minute, request } from '../../operations/runs/fixtures';
import { anInstallation } from '../an-installation';

const second = 1_000;

/** Six backups of one cluster, of which four have a place, just after a tick. */
async function sixAtOnce() {
  const made = await anInstallation();
  const { installation, context, clock, sent } = made;
  for (let n = 1; n <= 6; n += 1) {
    const metadata = { name: `shop-${n}` };
    await requestRun(context, { ...request, metadata, spec: { includedNamespaces: [`shop-${n}`] } });
    await clock.advance(second);
  }
  const outcome = await tick(installation);
  expect(sent).toHaveLength(4);
  const end = (n: number) =>
    carryOutRun(context, { kind: 'backups', name: `shop-${n}` }, async () => completed);
  return { ...made, outcome, end };
}

describe('runs that wait for a place', () => {
  it('are started within seconds of its being freed, before the next tick, longest waiting first', async () => {
    const { installation, clock, sent, outcome, end, state } = await sixAtOnce();
    const done = fillFreedPlaces(installation, outcome);
    await clock.advance(14 * second);
    await end(2);
    expect(sent).toHaveLength(4);
    await clock.advance(second);
    expect(sent).toHaveLength(5);
    expect(await state.store.head('runs/backups/shop-5/start-1.json')).toBeDefined();
    await end(1);
    await clock.advance(15 * second);
    expect(await done).toBe(2);
    expect(sent).toHaveLength(6);
  });

  it('keep the function for three quarters of a minute at most, and those that do not wait not at all', async () => {
    const { installation, clock, outcome, bucket } = await sixAtOnce();
    let over = false;
    const done = fillFreedPlaces(installation, outcome).then((started) => {
      over = true;
      return started;
    });
    await clock.advance(44 * second);
    expect(over).toBe(false);
    let requests = 0;
    bucket.before = () => {
      requests += 1;
    };
    await clock.advance(second);
    expect(await done).toBe(0);
    // Three for each of two; the full cluster is looked at for both: a listing, and two for each of its four permits.
    expect(requests).toBe(2 * 3 + 9);
    expect(await fillFreedPlaces(installation, await tick((await anInstallation()).installation))).toBe(0);
  });

  it('are left to the next tick when they cannot be looked at', async () => {
    const { installation, clock, outcome, bucket, end } = await sixAtOnce();
    const done = fillFreedPlaces(installation, outcome);
    await end(1);
    bucket.before = () => {
      throw new Error('no answer');
    };
    await clock.advance(minute);
    expect(await done).toBe(0);
  });
});
