import { describe, expect, it } from '@jest/globals';
import type { Log } from '../../../../shared/platform/log/log';
import { requestDueBackups } from '../../../../shared/operations/schedule/request-due-backups';
import { makeRoomForLeftOut, newestLeftOut, putLeftOut } from '../../../../shared/formats/state/left-out';
import { pendingNotices } from '../../../../shared/formats/state/notices';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { openState } from '../../../../shared/formats/state/state';
import { completed, minute, setUp } from '../runs/fixtures';
import { aSchedule } from './a-schedule';

/** A state at 10:00 on 22 November 2026, a Sunday, with one schedule that comes round every ten minutes. */
async function start(spec: object = {}) {
  const { context, bucket, clock } = setUp();
  const state = openState(context.state);
  const vault = bucket.store('vault/');
  const lines: string[] = [];
  const log: Log = {
    ...context.log,
    info: (line) => lines.push(line),
    warn: (line) => lines.push(line),
  };
  const schedule = { schedule: '*/10 * * * *', startAt: '2026-11-22T09:55:00Z', ...spec };
  await state.schedules.create(aSchedule(schedule, 'often'));
  const tick = () => requestDueBackups({ ...context, log }, { ...state, openVault: async () => vault });
  /** A tick at a time of the day, or of a day of November. */
  async function tickAt(time: string) {
    const at = Date.parse(time.includes('T') ? `2026-11-${time}:00Z` : `2026-11-22T${time}:00Z`);
    clock.freeze(at - clock.now().getTime());
    return tick();
  }
  const finish = (stamp: string) =>
    finishRun(context.state, { kind: 'backups', name: `often-${stamp}` }, completed);
  const records = () => newestLeftOut(context.state, { schedule: 'often', cluster: 'a' }, 100);
  const told = async () => (await pendingNotices(context.state)).length;
  function loseHints() {
    for (const key of bucket.keys()) if (key.startsWith('state/hints/')) bucket.objects.delete(key);
  }
  return { context, bucket, clock, state, lines, tick, tickAt, finish, records, told, loseHints };
}

const held = (slots: number, first: string, last = first) => ({
  why: 'held',
  reason: 'backup often-20261122100000 was running',
  slots,
  first: `2026-11-22T${first}:00Z`,
  last: `2026-11-22T${last}:00Z`,
});

describe('slots that are passed over', () => {
  it('while a backup runs are on record with its name, in the log, and told once', async () => {
    const { tickAt, finish, records, lines, told } = await start();
    await tickAt('10:00');
    for (const time of ['10:10', '10:11', '10:20', '10:30', '10:39']) await tickAt(time);
    await finish('20261122100000');
    expect((await tickAt('10:40')).requested).toEqual(['often-20261122104000']);
    expect(await records()).toEqual([
      {
        since: '2026-11-22T10:00:00Z',
        until: '2026-11-22T10:40:00Z',
        slots: 3,
        reasons: [held(3, '10:10', '10:30')],
        first: '2026-11-22T10:00:00Z',
      },
    ]);
    const about = lines.filter((line) => line.startsWith('Schedule'));
    expect(about.at(-1)).toBe(
      'Schedule often left slots of cluster a out since 2026-11-22T10:00:00Z: 3 slots, backup often-20261122100000 was running',
    );
    // One line for each time that the newest slot passes another over.
    expect(about).toHaveLength(3);
    expect(await told()).toBe(1);
  });

  it('without ticks are on record, each with its reason, and are told anew only after a slot has followed the one before it', async () => {
    const { tickAt, finish, records, told } = await start();
    await tickAt('10:00');
    await tickAt('10:10');
    await finish('20261122100000');
    await tickAt('10:40');
    const missed = {
      why: 'missed',
      reason: 'no tick ran before the next slot was due',
      slots: 2,
      first: '2026-11-22T10:20:00Z',
      last: '2026-11-22T10:30:00Z',
    };
    expect(await records()).toMatchObject([{ slots: 3, reasons: [held(1, '10:10'), missed] }]);
    await finish('20261122104000');
    await tickAt('11:00');
    expect(await records()).toMatchObject([{ slots: 1, first: '2026-11-22T10:00:00Z' }, { slots: 3 }]);
    expect(await told()).toBe(1);
    await finish('20261122110000');
    await tickAt('11:10');
    await finish('20261122111000');
    await tickAt('11:30');
    expect(await records()).toMatchObject([{ slots: 1, since: '2026-11-22T11:10:00Z' }, {}, {}]);
    expect(await told()).toBe(2);
  });

  it('outside a window, or skipped by a person, are on record and not told', async () => {
    const { tickAt, finish, records, told } = await start({
      windows: { blackout: ['10:10-10:30'] },
      skipSlots: ['2026-11-22T10:40:00Z'],
    });
    await tickAt('10:00');
    await finish('20261122100000');
    for (const time of ['10:15', '10:30', '10:45']) await tickAt(time);
    await finish('20261122103000');
    await tickAt('10:50');
    expect((await records()).map(({ reasons }) => reasons)).toMatchObject([
      [{ why: 'skipped', reason: 'skipped by a person', slots: 1 }],
      [{ why: 'window', reason: 'in the blackout window 10:10-10:30', slots: 2 }],
    ]);
    expect(await told()).toBe(0);
  });

  it('by missedRun skip are on record although no backup follows', async () => {
    const { tickAt, records } = await start({ schedule: '0 * * * *', missedRun: 'skip' });
    for (const time of ['10:20', '11:20', '12:20']) await tickAt(time);
    expect(await records()).toMatchObject([
      {
        since: '2026-11-22T09:55:00Z',
        slots: 2,
        reasons: [{ why: 'missed', reason: 'no tick ran in time, and missedRun is skip', slots: 2 }],
      },
    ]);
  });

  it('because they could not be asked for are on record with the reason', async () => {
    const { bucket, tickAt, records } = await start();
    bucket.before = (op, key) => {
      if (op === 'create' && key.endsWith('/request.json')) throw new Error('the bucket is full');
    };
    await tickAt('10:00');
    await tickAt('10:10');
    expect(await records()).toMatchObject([
      { slots: 1, reasons: [{ why: 'failed', reason: 'the bucket is full', first: '2026-11-22T10:00:00Z' }] },
    ]);
  });

  it('that waited when the schedule was changed are on record', async () => {
    const { state, clock, tickAt, finish, records } = await start();
    await tickAt('10:00');
    await tickAt('10:10');
    clock.freeze(minute);
    await state.schedules.change('often', (now) => ({
      ...now,
      spec: { ...now.spec, schedule: '*/15 * * * *', resumedAt: '2026-11-22T10:11:00Z' },
    }));
    await finish('20261122100000');
    await tickAt('10:15');
    expect(await records()).toMatchObject([{ slots: 1, reasons: [held(1, '10:10')] }]);
  });

  it('of the time that a schedule was paused are none', async () => {
    const { state, tickAt, finish, records } = await start();
    await tickAt('10:00');
    await finish('20261122100000');
    const pause = (paused: boolean, resumedAt?: string) =>
      state.schedules.change('often', (now) => ({ ...now, spec: { ...now.spec, paused, resumedAt } }));
    await pause(true);
    await tickAt('10:20');
    await pause(false, '2026-11-22T10:55:00Z');
    expect((await tickAt('11:00')).requested).toEqual(['often-20261122110000']);
    expect(await records()).toEqual([]);
  });

  it('are none of those that another tick asked for, whatever an old memory says', async () => {
    const { context, tickAt, finish, records } = await start();
    await tickAt('10:00');
    const old = await context.state.get('hints/slots.json');
    for (const stamp of ['100000', '101000', '102000']) {
      await finish(`20261122${stamp}`);
      await tickAt(`10:${Number(stamp.slice(2, 4)) + 10}`);
    }
    await finish('20261122103000');
    await context.state.put('hints/slots.json', old.body);
    await tickAt('10:50');
    expect(await records()).toMatchObject([{ since: '2026-11-22T10:30:00Z', slots: 1 }]);
  });

  it('are counted from the slot of a schedule, not from a backup that a person requested between', async () => {
    const { context, bucket, tickAt, finish, records, loseHints } = await start();
    await tickAt('10:00');
    await finish('20261122100000');
    const asked = await context.state.get('runs/backups/often-20261122100000/request.json');
    bucket.write('state/runs/backups/often-20261122102345/request.json', asked.body);
    loseHints();
    await tickAt('10:40');
    expect(await records()).toMatchObject([{ since: '2026-11-22T10:00:00Z', slots: 3 }]);
  });

  it('are on record once and told once wherever a tick dies', async () => {
    for (let request = 1; ; request += 1) {
      const { bucket, tick, tickAt, finish, records, told } = await start();
      await tickAt('10:00');
      await finish('20261122100000');
      let requests = 0;
      bucket.before = () => {
        requests += 1;
        if (requests >= request) throw new Error('killed');
      };
      await tickAt('10:30').catch(() => {});
      const died = requests >= request;
      bucket.before = () => {};
      await tick();
      expect([request, (await records()).map(({ slots }) => slots), await told()]).toEqual([request, [2], 1]);
      if (!died) return;
    }
  });

  it('are bounded: 50 records of a series, a day of minutes in each move', async () => {
    const { context, clock, tick, finish, records } = await start({
      schedule: '* * * * *',
      windows: { allowed: ['Sun 10:00-11:00'] },
    });
    await tick();
    await finish('20261122100000');
    clock.freeze(7 * 24 * 60 * minute);
    await tick();
    expect(await records()).toMatchObject([{ slots: 1_440, more: true }, { slots: 4 }]);
    const series = { schedule: 'often', cluster: 'a' };
    const [newest] = await records();
    for (let n = 30; n < 90; n += 1) {
      await makeRoomForLeftOut(context.state, series);
      await putLeftOut(context.state, series, { ...newest!, since: `20${n}-01-01T00:00:00Z` });
    }
    expect((await records()).map(({ since }) => since.slice(0, 4))).toEqual(
      Array.from({ length: 50 }, (_, n) => `20${89 - n}`),
    );
  });

  it('cost nothing while the newest slot stays', async () => {
    const { bucket, tickAt } = await start();
    await tickAt('10:00');
    await tickAt('10:20');
    await tickAt('10:21');
    const writes: string[] = [];
    bucket.onWrite = (key) => writes.push(key);
    await tickAt('10:22');
    await tickAt('10:29');
    expect(writes).toEqual([]);
  });
});
