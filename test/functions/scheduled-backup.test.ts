import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { unpauseSchedule } from '../../shared/app/schedules/change-schedule';
import { labelCluster } from '../../shared/app/clusters/label-cluster';
import { runSchedule } from '../../shared/app/schedules/run-schedule';
import { scheduleStatuses } from '../../shared/app/schedules/schedule-status';
import { instant } from '../../shared/formats/manifests/instant';
import { slotStamp } from '../../shared/platform/input/names';
import { findRun, runNames } from '../../shared/formats/state/run/runs';
import { type HostedLifeboat, startHostedLifeboat } from '../harness/hosted-lifeboat';

// Each test starts processes, on machines that may have other work.
jest.setTimeout(120_000);

const minute = 60_000;
let lifeboat: HostedLifeboat;
/** An hour and a half ago: an interval of one hour had its only slot half an hour ago. */
let startAt: Date;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({ duplicate: () => true });
  startAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 90 * minute);
  for (const cluster of ['a', 'b'] as const) {
    await lifeboat[cluster].load('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    await labelCluster(lifeboat.installation, cluster, { env: 'live' });
  }
});
afterAll(() => lifeboat?.close());

/** Stores a schedule that was made some time ago. */
async function schedule(name: string, spec: object): Promise<void> {
  await lifeboat.installation.state.schedules.create({
    kind: 'Schedule',
    metadata: { name },
    spec: {
      schedule: '1h',
      clusters: ['a'],
      vault: 'main',
      startAt: instant(startAt),
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
      ...spec,
    },
  });
}

/** Fires the timer twice, each event delivered twice, and lets everything come to its end. */
async function ticks(): Promise<void> {
  for (let n = 0; n < 2; n += 1) lifeboat.host.fireTimer('every-minute');
  await lifeboat.host.idle();
  const errors = lifeboat.finished.flatMap(({ outcome }) => (outcome.error ? [outcome.error] : []));
  expect(errors).toEqual([]);
}

async function backups(): Promise<Record<string, string>> {
  const { store } = lifeboat.installation.state;
  const phases: Record<string, string> = {};
  for (const name of await runNames(store, 'backups')) {
    phases[name] = (await findRun(store, { kind: 'backups', name }))!.phase;
  }
  return phases;
}

describe('schedules, hosted as Function Compute does and ticked four times at once', () => {
  const slot = () => slotStamp(new Date(startAt.getTime() + 60 * minute));

  it('by interval make one backup of each selected cluster; one that is paused or skips what was missed makes none', async () => {
    const selecting = { clusters: [], clusterSelector: { matchLabels: { env: 'live' } } };
    await schedule('each', { ...selecting, includeClusterInNames: true });
    await schedule('still', { paused: true });
    await schedule('strict', { missedRun: 'skip' });
    await ticks();
    const made = { [`each-a-${slot()}`]: 'Completed', [`each-b-${slot()}`]: 'Completed' };
    expect(await backups()).toEqual(made);
    await ticks();
    expect(await backups()).toEqual(made);
  });

  it('make nothing up for when they are unpaused, and make one when a person asks', async () => {
    const { installation } = lifeboat;
    const before = await backups();
    await unpauseSchedule(installation, 'still');
    await ticks();
    expect(await backups()).toEqual(before);
    const [asked] = await runSchedule(installation, 'still');
    await lifeboat.host.idle();
    expect(await backups()).toEqual({ ...before, [asked!.run.name]: 'Completed' });
  });

  it('tell over HTTP how they stand, and are paused there', async () => {
    const { host, installation } = lifeboat;
    const headers = { authorization: `Bearer ${host.apiToken}`, 'content-type': 'application/json' };
    const shown = await fetch(`${host.apiUrl}/schedules/each`, { headers });
    const good = instant(new Date(startAt.getTime() + 60 * minute));
    const next = instant(new Date(startAt.getTime() + 120 * minute));
    expect(await shown.json()).toMatchObject({
      status: {
        next: [{ slot: next, due: next }],
        clusters: [
          { cluster: 'a', last: { phase: 'Completed' }, lastGood: good },
          { cluster: 'b', last: { phase: 'Completed' }, lastGood: good },
        ],
      },
    });
    const paused = await fetch(`${host.apiUrl}/schedules/each/pause`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect([paused.status, await paused.json()]).toMatchObject([200, { spec: { paused: true } }]);
    const [status] = await scheduleStatuses(installation, [await installation.state.schedules.get('each')]);
    expect(status?.next).toEqual([]);
  });
});
