import { describe, expect, it } from '@jest/globals';
import { describeScheduleText } from '../../../../cli/output/schedule';
import { addSchedule } from '../../../../shared/app/schedules/add-schedule';
import {
  changeSchedule,
  deleteSchedule,
  pauseSchedule,
  skipSlot,
  unpauseSchedule,
} from '../../../../shared/app/schedules/change-schedule';
import { deleteReplication } from '../../../../shared/app/replications/change-replication';
import { labelCluster } from '../../../../shared/app/clusters/label-cluster';
import { runSchedule } from '../../../../shared/app/schedules/run-schedule';
import { scheduleStatuses } from '../../../../shared/app/schedules/schedule-status';
import { tick } from '../../../../shared/app/ticks/tick';
import { minute } from '../../operations/runs/fixtures';
import { anInstallation } from '../an-installation';

const hour = 60 * minute;

/** An installation at 10:00 with an hourly schedule that was made just now. */
async function start(spec: object = {}) {
  const made = await anInstallation();
  const { installation } = made;
  const template = { includedNamespaces: ['shop'] };
  await addSchedule(installation, {
    name: 'hourly',
    spec: { schedule: '0 * * * *', clusters: ['a'], vault: 'main', template, ...spec },
  });
  /** Names of the backups that a tick asks for. */
  const ticked = async () => {
    const { due } = await tick(installation);
    if (!('requested' in due)) throw new Error(due.failed);
    expect(due.failed).toEqual([]);
    return [...due.requested].sort();
  };
  return { ...made, ticked };
}

describe('a schedule that is made', () => {
  it('backs nothing up until its first slot', async () => {
    const { clock, ticked } = await start();
    expect(await ticked()).toEqual([]);
    await clock.advance(59 * minute);
    expect(await ticked()).toEqual([]);
    await clock.advance(minute);
    expect(await ticked()).toEqual(['hourly-20261122110000']);
  });

  it('by interval counts from the moment at which it was made', async () => {
    const { state, clock, ticked } = await start({ schedule: '6h30m' });
    expect((await state.schedules.get('hourly')).spec.startAt).toBe('2026-11-22T10:00:00Z');
    await clock.advance(6 * hour + 29 * minute);
    expect(await ticked()).toEqual([]);
    await clock.advance(minute);
    expect(await ticked()).toEqual(['hourly-20261122163000']);
  });

  it.each<[string, object, string]>([
    ['never comes due', { schedule: '0 2 30 2 *' }, 'cannot come due'],
    ['names a vault that is not there', { vault: 'nowhere' }, 'there is no vault "nowhere"'],
    ['names a cluster that is not there', { clusters: ['nowhere'] }, 'there is no cluster "nowhere"'],
    [
      'selects nothing',
      { clusters: [], clusterSelector: { matchLabels: { env: 'gone' } } },
      'matches no registered cluster',
    ],
  ])('is refused, and nothing is stored, when it %s', async (_, spec, fault) => {
    const { installation, bucket } = await anInstallation();
    const before = bucket.keys();
    const template = { includedNamespaces: ['shop'] };
    const whole = { schedule: '0 * * * *', clusters: ['a'], vault: 'main', template, ...spec };
    await expect(addSchedule(installation, { name: 'new', spec: whole })).rejects.toThrow(fault);
    expect(bucket.keys()).toEqual(before);
  });

  it('is refused when another could name its backups alike', async () => {
    const { installation } = await start({
      clusters: [],
      clusterSelector: { matchLabels: { env: 'live' } },
    });
    const template = { includedNamespaces: ['shop'] };
    const add = (name: string, spec: object) =>
      addSchedule(installation, {
        name,
        spec: { schedule: '0 * * * *', vault: 'main', template, ...spec },
      });
    const selecting = { clusters: [], clusterSelector: { matchLabels: { env: 'test' } } };
    await expect(add('hourly-b', { clusters: ['a'] })).rejects.toThrow('would name backups hourly-b-<slot>');
    await expect(add('hourly-b', selecting)).rejects.toThrow('would name backups');
    await add('hourl', selecting);
    await add('other', { clusters: ['a'] });
  });
});

describe('a schedule that is paused', () => {
  it('backs nothing up, and nothing is made up for when it is unpaused', async () => {
    const { installation, clock, ticked } = await start();
    await pauseSchedule(installation, 'hourly');
    await clock.advance(5 * hour);
    expect(await ticked()).toEqual([]);
    await unpauseSchedule(installation, 'hourly');
    expect(await ticked()).toEqual([]);
    await clock.advance(hour - minute);
    expect(await ticked()).toEqual([]);
    await clock.advance(minute);
    expect(await ticked()).toEqual(['hourly-20261122160000']);
  });

  it('by interval keeps its slots where they were', async () => {
    const { installation, clock, ticked } = await start({ schedule: '2h' });
    await pauseSchedule(installation, 'hourly');
    await clock.advance(5 * hour);
    await unpauseSchedule(installation, 'hourly');
    expect(await ticked()).toEqual([]);
    await clock.advance(hour);
    expect(await ticked()).toEqual(['hourly-20261122160000']);
  });

  it('does not lose a slot by being unpaused a second time', async () => {
    const { installation, clock, ticked } = await start();
    await clock.advance(hour);
    await unpauseSchedule(installation, 'hourly');
    expect(await ticked()).toEqual(['hourly-20261122110000']);
  });

  it('can be run by a person all the same', async () => {
    const { installation } = await start({ paused: true });
    const [requested] = await runSchedule(installation, 'hourly');
    expect(requested).toMatchObject({ run: { name: 'hourly-20261122100000' }, created: true });
  });
});

describe('a schedule with which something is wrong', () => {
  it.each<[string, object, (made: Awaited<ReturnType<typeof start>>) => Promise<unknown>]>([
    ['whose cluster is gone', {}, ({ state }) => state.clusters.remove('a')],
    ['whose vault is gone', {}, ({ state }) => state.vaults.remove('main')],
    [
      'whose selector matches nothing any more',
      { clusters: [], clusterSelector: { matchLabels: { env: 'live' } } },
      ({ installation }) => labelCluster(installation, 'a', { env: undefined }),
    ],
    [
      'whose windows are past',
      { windows: { allowed: ['2026-11-22'] } },
      ({ clock }) => clock.advance(48 * hour),
    ],
  ])('%s, can be paused, and is not unpaused as it is', async (_, spec, spoil) => {
    const made = await start(spec);
    await spoil(made);
    expect(await pauseSchedule(made.installation, 'hourly')).toMatchObject({ spec: { paused: true } });
    await expect(unpauseSchedule(made.installation, 'hourly')).rejects.toThrow();
    expect((await made.state.schedules.get('hourly')).spec.paused).toBe(true);
  });

  it('that shares its names with another, both made at one moment, can be paused', async () => {
    const { installation, state, bucket } = await start({
      clusters: [],
      clusterSelector: { matchLabels: { env: 'live' } },
    });
    const other = structuredClone(await state.schedules.get('hourly'));
    other.metadata.name = 'hourly-a';
    bucket.write('state/schedules/hourly-a.json', Buffer.from(JSON.stringify(other)));
    await pauseSchedule(installation, 'hourly');
    await pauseSchedule(installation, 'hourly-a');
    expect((await state.schedules.get('hourly-a')).spec.paused).toBe(true);
    await expect(
      changeSchedule(installation, 'hourly', { clusters: ['a'], clusterSelector: undefined }),
    ).rejects.toThrow('would name backups');
  });
});

describe('a schedule that is changed', () => {
  it('makes nothing up for slots that the new times have in the past', async () => {
    const { installation, clock, ticked } = await start({ schedule: '0 20 * * *' });
    await clock.advance(hour);
    await changeSchedule(installation, 'hourly', { schedule: '30 10 * * *' });
    expect(await ticked()).toEqual([]);
    await clock.advance(23.5 * hour);
    expect(await ticked()).toEqual(['hourly-20261123103000']);
  });

  it('makes nothing up for a cluster that is added', async () => {
    const { installation, clock, finish, ticked } = await start({ clusters: ['a', 'b'] });
    await changeSchedule(installation, 'hourly', { clusters: ['a'] });
    await clock.advance(1.5 * hour);
    expect(await ticked()).toEqual(['hourly-a-20261122110000']);
    await finish('hourly-a-20261122110000');
    await changeSchedule(installation, 'hourly', { clusters: ['a', 'b'] });
    expect(await ticked()).toEqual([]);
    await clock.advance(0.5 * hour);
    expect(await ticked()).toEqual(['hourly-a-20261122120000', 'hourly-b-20261122120000']);
  });

  it('keeps the slot that is due where its times stay', async () => {
    const { installation, clock, ticked } = await start();
    await clock.advance(hour);
    await changeSchedule(installation, 'hourly', { missedRun: 'skip' });
    expect(await ticked()).toEqual(['hourly-20261122110000']);
  });

  it('stays as it was when the change is refused', async () => {
    const { installation, state } = await start();
    const before = await state.schedules.get('hourly');
    for (const [change, fault] of [
      [{ schedule: '0 2 31 2 *' }, 'cannot come due'],
      [{ clusters: ['a', 'b'] }, 'takes one cluster only'],
      [{ vault: 'nowhere' }, 'no vault "nowhere"'],
      [{ windows: { allowed: ['02:30-02:45'] } }, 'outside its windows'],
    ] as const) {
      await expect(
        changeSchedule(installation, 'hourly', change as Parameters<typeof changeSchedule>[2]),
      ).rejects.toThrow(fault);
    }
    expect(await state.schedules.get('hourly')).toEqual(before);
  });

  it('can be deleted; its backups stay', async () => {
    const { installation, clock, vault, finish, ticked } = await start();
    await clock.advance(hour);
    await ticked();
    await finish('hourly-20261122110000');
    await deleteSchedule(installation, 'hourly');
    expect(await vault.head('backups/hourly-20261122110000/velero-backup.json')).toBeDefined();
    await clock.advance(hour);
    expect(await ticked()).toEqual([]);
    await expect(deleteSchedule(installation, 'hourly')).rejects.toThrow('there is no schedule "hourly"');
  });
});

describe('a schedule or a replication that cannot be read', () => {
  it.each([
    ['no JSON', '{', deleteSchedule, 'schedules'],
    ['of another version', '{"kind":"Schedule","spec":{}}', deleteSchedule, 'schedules'],
    ['of another name', '{"kind":"Replication","metadata":{"name":"x"}}', deleteReplication, 'replications'],
  ] as const)('%s, can be deleted; the name must be one', async (_, content, deleteIt, folder) => {
    const { installation, bucket } = await anInstallation();
    bucket.write(`state/${folder}/broken.json`, Buffer.from(content));
    await deleteIt(installation, 'broken');
    expect((await installation.state[folder].list()).unreadable).toEqual([]);
    await expect(deleteIt(installation, 'broken')).rejects.toThrow('there is no');
    await expect(deleteIt(installation, '../clusters/a')).rejects.toThrow();
    expect(bucket.objects.has('state/clusters/a.json')).toBe(true);
  });
});

describe('slots that were passed over', () => {
  it('are shown with the reason where one schedule is described', async () => {
    const { installation, state, clock, ticked } = await start();
    clock.freeze(hour);
    await ticked();
    clock.freeze(hour);
    expect(await ticked()).toEqual([]);
    clock.freeze(hour);
    await ticked();
    const schedule = await state.schedules.get('hourly');
    const [closely] = await scheduleStatuses(installation, [schedule], { leftOut: 5 });
    const text = 'since 2026-11-22T11:00:00Z: 1 slot, backup hourly-20261122110000 was running';
    expect(closely!.clusters[0]!.leftOut).toMatchObject([{ slots: 1, text }]);
    expect(describeScheduleText(schedule, closely!)).toContain(`a: ${text}`);
    const [one] = await scheduleStatuses(installation, [schedule]);
    expect(one!.clusters[0]).not.toHaveProperty('leftOut');
  });
});

describe('slots that are skipped', () => {
  it('go when they are past and decide nothing: neither what is due nor what is overdue', async () => {
    const { installation, state, clock, finish, ticked } = await start({ overdueAfter: '3h' });
    const skipped = async () => (await state.schedules.get('hourly')).spec.skipSlots ?? [];
    await skipSlot(installation, 'hourly');
    await skipSlot(installation, 'hourly');
    // The 11:00 and the 12:00 are past, and the 13:00 is not asked for yet.
    clock.freeze(3 * hour - minute);
    await changeSchedule(installation, 'hourly', { missedRun: 'skip' });
    expect(await skipped()).toHaveLength(2);
    expect(await ticked()).toEqual([]);
    clock.freeze(minute);
    expect(await ticked()).toEqual(['hourly-20261122130000']);
    await finish('hourly-20261122130000');
    clock.freeze(26 * hour);
    await changeSchedule(installation, 'hourly', { missedRun: 'once' });
    expect(await skipped()).toHaveLength(2);
    clock.freeze(hour);
    await pauseSchedule(installation, 'hourly');
    expect(await skipped()).toEqual([]);
  });

  it('are at most a hundred to come; one more is refused and changes nothing', async () => {
    const { installation, state } = await start();
    for (let n = 0; n < 100; n += 1) await skipSlot(installation, 'hourly');
    const before = await state.schedules.get('hourly');
    await expect(skipSlot(installation, 'hourly')).rejects.toThrow(
      'schedule "hourly": has 101 skipped slots, more than 100',
    );
    expect(await state.schedules.get('hourly')).toEqual(before);
  });
});

describe('one slot that is skipped', () => {
  it('is the next one, and passes without a backup', async () => {
    const { installation, clock, finish, ticked } = await start();
    expect(await skipSlot(installation, 'hourly')).toEqual(new Date('2026-11-22T11:00:00Z'));
    expect(await skipSlot(installation, 'hourly')).toEqual(new Date('2026-11-22T12:00:00Z'));
    for (let n = 0; n < 2; n += 1) {
      await clock.advance(hour);
      expect(await ticked()).toEqual([]);
    }
    await clock.advance(hour);
    expect(await ticked()).toEqual(['hourly-20261122130000']);
    await finish('hourly-20261122130000');
    await clock.advance(hour);
    expect(await ticked()).toEqual(['hourly-20261122140000']);
  });

  it('may be a later one that is named, with jitter too, but none of the past and no other moment', async () => {
    const { installation, state } = await start({ jitter: '40m' });
    const at = (text: string) => new Date(text);
    await skipSlot(installation, 'hourly', at('2026-11-23T05:00:00Z'));
    expect((await state.schedules.get('hourly')).spec.skipSlots).toEqual(['2026-11-23T05:00:00Z']);
    for (const other of ['2026-11-22T09:00:00Z', '2026-11-23T05:30:00Z', '2026-11-23T05:00:00Z']) {
      await expect(skipSlot(installation, 'hourly', at(other))).rejects.toThrow('is no slot of schedule');
    }
  });
});

describe('a schedule that is run now', () => {
  it('makes a backup of each of its clusters, or of those that are named', async () => {
    const { installation, clock } = await start({ clusters: ['a', 'b'], concurrency: 'allow' });
    const names = async (clusters?: string[]) =>
      (await runSchedule(installation, 'hourly', clusters)).map(({ run }) => run.name);
    expect(await names()).toEqual(['hourly-a-20261122100000', 'hourly-b-20261122100000']);
    await clock.advance(1_000);
    expect(await names(['b'])).toEqual(['hourly-b-20261122100001']);
    await expect(names(['c'])).rejects.toThrow('does not back up cluster "c"');
  });

  it('refuses while one is under way, and the slot waits for what a person started', async () => {
    const { installation, clock, finish, ticked } = await start();
    await clock.advance(hour - minute);
    await runSchedule(installation, 'hourly');
    await expect(runSchedule(installation, 'hourly')).rejects.toThrow(
      'backup "hourly-20261122105900" of schedule "hourly" is under way',
    );
    await clock.advance(minute);
    expect(await ticked()).toEqual([]);
    await finish('hourly-20261122105900');
    expect(await ticked()).toEqual(['hourly-20261122110000']);
  });
});

describe('how a schedule stands', () => {
  it('tells the next slots, the newest backup, the last good one and what is overdue', async () => {
    const { installation, state, clock, finish, ticked } = await start();
    const status = async () =>
      (await scheduleStatuses(installation, [await state.schedules.get('hourly')], { nextSlots: 2 }))[0];
    expect(await status()).toEqual({
      next: [
        { slot: '2026-11-22T11:00:00Z', due: '2026-11-22T11:00:00Z' },
        { slot: '2026-11-22T12:00:00Z', due: '2026-11-22T12:00:00Z' },
      ],
      clusters: [{ cluster: 'a' }],
    });
    await clock.advance(hour);
    await ticked();
    await finish('hourly-20261122110000');
    await clock.advance(hour);
    await ticked();
    await finish('hourly-20261122120000', 'Failed');
    await clock.advance(hour);
    await ticked();
    expect(await status()).toMatchObject({
      clusters: [
        {
          cluster: 'a',
          last: { backup: 'hourly-20261122130000', phase: 'New' },
          lastGood: '2026-11-22T11:00:00Z',
          overdue: '2026-11-22T12:00:00Z',
        },
      ],
    });
    await finish('hourly-20261122130000');
    const [good] = (await status())!.clusters;
    expect(good).toMatchObject({ cluster: 'a', lastGood: '2026-11-22T13:00:00Z' });
    expect(good?.overdue).toBeUndefined();
    await pauseSchedule(installation, 'hourly');
    expect(await status()).toMatchObject({ next: [] });
  });

  it('is not told by the backups of the cluster that it was for before', async () => {
    const { installation, state, clock, finish, ticked } = await start();
    await clock.advance(hour);
    await ticked();
    await finish('hourly-20261122110000');
    await changeSchedule(installation, 'hourly', { clusters: ['b'] });
    const status = async () => scheduleStatuses(installation, [await state.schedules.get('hourly')]);
    expect((await status())[0]?.clusters).toEqual([{ cluster: 'b' }]);
    await clock.advance(hour);
    await ticked();
    await finish('hourly-20261122120000');
    await changeSchedule(installation, 'hourly', { clusters: ['a'] });
    expect((await status())[0]?.clusters).toEqual([
      {
        cluster: 'a',
        last: { backup: 'hourly-20261122110000', phase: 'Completed' },
        lastGood: '2026-11-22T11:00:00Z',
      },
    ]);
  });

  it('is told of one schedule when another cannot be', async () => {
    const { installation, state } = await start();
    const good = await state.schedules.get('hourly');
    const broken = { ...good, spec: { ...good.spec, schedule: 'nonsense' } };
    const [first, second] = await scheduleStatuses(installation, [broken, good]);
    expect(first).toMatchObject({ problem: expect.stringContaining('nonsense') });
    expect(second?.problem).toBeUndefined();
  });
});

describe('a cluster', () => {
  it('is selected by the labels that it is given', async () => {
    const { installation, clock, ticked } = await start({
      clusters: [],
      clusterSelector: { matchLabels: { env: 'live' } },
    });
    await labelCluster(installation, 'b', { env: 'live', team: 'shop' });
    await labelCluster(installation, 'a', { env: undefined });
    await clock.advance(hour);
    expect(await ticked()).toEqual(['hourly-b-20261122110000']);
    await expect(labelCluster(installation, 'b', { env: 'not a value' })).rejects.toThrow(
      'is not a label value',
    );
  });
});

describe('a cluster that a selector comes to match', () => {
  /** Hourly, and eight hours old: `a` has a good backup of each slot; `b` is given the label at 18:30. */
  async function labelled() {
    const made = await start({ clusters: [], clusterSelector: { matchLabels: { env: 'live' } } });
    const { installation, bucket, clock, finish, ticked } = made;
    const hourOn = async (good = ['a']) => {
      await clock.advance(hour);
      for (const name of await ticked())
        await finish(name, good.some((each) => name.includes(`-${each}-`)) ? 'Completed' : 'Failed');
      await ticked();
    };
    for (let n = 0; n < 8; n += 1) await hourOn();
    await clock.advance(30 * minute);
    await labelCluster(installation, 'b', { env: 'live' });
    const overdue = async () => {
      const { due } = await tick(installation);
      return 'overdue' in due ? due.overdue.map(({ cluster, slot }) => `${cluster} ${slot}`) : due.failed;
    };
    const shown = async () => {
      const [status] = await scheduleStatuses(
        installation,
        (await installation.state.schedules.list()).items,
      );
      return status!.clusters.flatMap(({ cluster, overdue: slot }) => (slot ? [`${cluster} ${slot}`] : []));
    };
    const both = async () => {
      const [told, seen] = [await overdue(), await shown()];
      expect(told).toEqual(seen);
      return told;
    };
    const loseHints = () => bucket.objects.delete('state/hints/slots.json');
    return { ...made, hourOn, both, shown, loseHints };
  }

  it('is overdue only when a slot that came after it has no good backup in time, whatever is remembered', async () => {
    const { clock, hourOn, both, shown, loseHints } = await labelled();
    expect(await shown()).toEqual([]);
    await clock.advance(29 * minute);
    await hourOn(['a']);
    expect(await both()).toEqual([]);
    loseHints();
    expect(await both()).toEqual([]);
    await clock.advance(31 * minute);
    expect(await both()).toEqual(['b 2026-11-22T19:00:00Z']);
    loseHints();
    expect(await both()).toEqual(['b 2026-11-22T19:00:00Z']);
  });

  it('is as overdue as it was when other labels of it change, and not when it is labelled anew', async () => {
    const { installation, clock, hourOn, both } = await labelled();
    await hourOn(['a']);
    await hourOn(['a']);
    await clock.advance(30 * minute);
    expect(await both()).toEqual(['b 2026-11-22T20:00:00Z']);
    await labelCluster(installation, 'b', { team: 'shop', env: 'live' });
    expect(await both()).toEqual(['b 2026-11-22T20:00:00Z']);
    await labelCluster(installation, 'b', { env: undefined });
    await labelCluster(installation, 'b', { env: 'live' });
    await clock.advance(15 * minute);
    expect(await both()).toEqual([]);
  });
});

describe('a tick', () => {
  it('starts open runs again even when the schedules cannot be looked at, and says so', async () => {
    const { installation, bucket, clock, sent, ticked } = await start();
    await clock.advance(hour);
    await ticked();
    expect(sent).toHaveLength(1);
    await clock.advance(3 * minute);
    bucket.before = (op, key) => {
      if (op === 'list' && key.includes('schedules/')) throw new Error('no answer');
    };
    expect(await tick(installation)).toMatchObject({
      due: { failed: 'no answer' },
      open: { outcomes: { sent: 1 } },
    });
    expect(sent).toHaveLength(2);
  });
});
