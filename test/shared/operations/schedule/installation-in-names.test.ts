import { describe, expect, it } from '@jest/globals';
import { isReservedName } from '../../../../shared/formats/manifests/reserved-names';
import { backupNameOf, carryingInstallation } from '../../../../shared/formats/manifests/schedule-names';
import { parse } from '../../../../shared/platform/input/parse';
import { scheduleSchema } from '../../../../shared/formats/manifests/schedule';
import { requestDueBackups } from '../../../../shared/operations/schedule/request-due-backups';
import { slotInName, stemsOf } from '../../../../shared/operations/schedule/series';
import { anInstallation } from '../../app/an-installation';
import { minute } from '../runs/fixtures';
import { aSchedule, at } from './a-schedule';

const id = '0123456789abcdef0123456789abcdef';

const every10 = {
  kind: 'Schedule',
  metadata: { name: 'often' },
  spec: {
    schedule: '*/10 * * * *',
    clusters: ['a'],
    vault: 'main',
    startAt: '2026-11-22T09:55:00Z',
    includeClusterInNames: false,
    concurrency: 'allow',
    template: { includedNamespaces: ['shop'] },
  },
} as const;

describe('names of scheduled backups that carry the installation', () => {
  const spec = carryingInstallation(aSchedule().spec, id, at('2026-11-22T12:00:00Z'));
  const schedule = aSchedule(spec);
  const selected = aSchedule({ ...spec, includeClusterInNames: true });

  it('begin after a moment, and every slot has one name for ever', () => {
    expect(backupNameOf(schedule, 'a', at('2026-11-22T12:00:00Z'))).toBe('daily-20261122120000');
    expect(backupNameOf(schedule, 'a', at('2026-11-22T12:00:01Z'))).toBe('daily-012345-20261122120001');
    expect(backupNameOf(selected, 'a', at('2026-11-23T02:00:00Z'))).toBe('daily-a-012345-20261123020000');
    const again = carryingInstallation(schedule.spec, id, at('2027-01-01T00:00:00Z'));
    expect(again).toEqual(schedule.spec);
  });

  it('are reserved for the system as those without it are', () => {
    for (const name of [
      'daily-20261122120000',
      'daily-012345-20261122120001',
      'daily-a-012345-20261123020000',
    ])
      expect(isReservedName('backups', name)).toBe(true);
  });

  it('are of the series in both forms, and those of another installation are not', () => {
    const stems = stemsOf({ schedule, cluster: 'a' });
    const slot = at('2026-11-22T12:00:00Z');
    expect(slotInName(stems, 'daily-20261122120000')).toEqual(slot);
    expect(slotInName(stems, 'daily-012345-20261122120000')).toEqual(slot);
    expect(slotInName(stems, 'daily-fedcba-20261122120000')).toBeUndefined();
    expect(slotInName(stems, 'daily-012345-x-20261122120000')).toBeUndefined();
  });

  it('know those of the installation that this one was restored from', () => {
    const restored = carryingInstallation(
      schedule.spec,
      `fedcba${'0'.repeat(26)}`,
      at('2026-12-01T00:00:00Z'),
    );
    const series = { schedule: aSchedule(restored), cluster: 'a' };
    expect(backupNameOf(series.schedule, 'a', at('2026-12-02T02:00:00Z'))).toBe(
      'daily-fedcba-20261202020000',
    );
    for (const name of ['daily-20261122120000', 'daily-012345-20261122120001', 'daily-fedcba-20261202020000'])
      expect(slotInName(stemsOf(series), name)).toBeDefined();
  });

  it('have at most 63 characters, or the schedule is refused', () => {
    const named = (length: number) => ({ ...every10, metadata: { name: 'n'.repeat(length) } });
    const carrying = (length: number) => {
      const { spec: before, ...rest } = parse(scheduleSchema, named(length), 'it');
      return parse(
        scheduleSchema,
        { ...rest, spec: carryingInstallation(before, id, at('2026-12-01T00:00:00Z')) },
        'it',
      );
    };
    expect(backupNameOf(carrying(41), 'a', at('2026-12-02T00:00:00Z'))).toHaveLength(63);
    expect(() => carrying(42)).toThrow('more than 63 characters');
    expect(parse(scheduleSchema, named(48), 'it')).toBeDefined();
  });
});

describe('a schedule whose vault comes to be shared', () => {
  /** Ticks once a minute for half an hour; the memory is lost before every `lost`-th, ticks come twice, none comes for a while. */
  it.each([
    ['with ticks every minute', 1, false],
    ['with a memory that is lost at every tick', 1, true],
    ['with ticks that come late, as after an outage', 7, true],
  ])('makes one backup for each slot, %s', async (_, minutes, lost) => {
    const made = await anInstallation();
    const { context, bucket, state, vault, clock } = made;
    await state.schedules.create(every10);
    const requested: string[] = [];
    const tick = async () => {
      if (lost)
        for (const key of bucket.keys()) if (key.startsWith('state/hints/')) bucket.objects.delete(key);
      const due = () => requestDueBackups(context, { ...state, openVault: async () => vault });
      for (const report of await Promise.all([due(), due()])) {
        expect(report.failed).toEqual([]);
        requested.push(...report.requested);
      }
    };
    for (let passed = 0; passed <= 63; passed += minutes) {
      if (passed >= 21 && passed < 21 + minutes) {
        const since = new Date(clock.now().getTime() + 15 * minute);
        await state.schedules.change('often', ({ spec, ...rest }) => ({
          ...rest,
          spec: carryingInstallation(spec, id, since),
        }));
      }
      await tick();
      await clock.advance(minutes * minute);
    }
    const slots = [...new Set(requested)].map((name) => name.slice(-14));
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.sort()).toEqual(
      ['1000', '1010', '1020', '1030', '1040', '1050', '1100'].map((time) => `20261122${time}00`),
    );
    const carrying = requested
      .filter((name) => name.startsWith('often-012345-'))
      .map((name) => name.slice(-6, -2));
    expect([...new Set(carrying)].sort()).toEqual(['1040', '1050', '1100']);
  });
});

describe('a backup of another installation under the name of a slot', () => {
  it('makes a schedule no less overdue: its own run of that name has failed', async () => {
    const { context, state, vault, clock, finish } = await anInstallation();
    await state.schedules.create({ ...every10, spec: { ...every10.spec, overdueAfter: '1m' } });
    const due = () => requestDueBackups(context, { ...state, openVault: async () => vault });
    const { requested } = await due();
    const name = 'often-20261122100000';
    expect(requested).toEqual([name]);
    await finish(name, 'Failed');
    const manifest = {
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name },
      status: { phase: 'Completed' },
    };
    await vault.put(`backups/${name}/velero-backup.json`, Buffer.from(JSON.stringify(manifest)));
    await clock.advance(5 * minute);
    expect((await due()).overdue).toMatchObject([{ schedule: 'often', slot: '2026-11-22T10:00:00Z' }]);
  });
});
