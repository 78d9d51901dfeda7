import {
  changeSchedule,
  deleteSchedule,
  pauseSchedule,
  skipSlot,
  unpauseSchedule,
} from '../../shared/app/schedules/change-schedule';
import { runContext } from '../../shared/app/installation';
import { acceptBackup, holdBackup, releaseBackup } from '../../shared/app/backups/mark-backup';
import type { Retention } from '../../shared/formats/manifests/retention';
import { requestRun } from '../../shared/operations/runs/request-run';
import { MemoryStore } from '../harness/memory-store';
import { commitOne } from '../shared/operations/retention/committed-backup';
import type { DeletionLedger } from './deletion-ledger';
import { monthStart } from './planned-schedules';
import type { SlotLedger } from './slot-ledger';
import type { World } from './world';

const minute = 60_000;
const day = 24 * 60 * minute;

/** People change things now and then, and the ledgers are told what they did. Called every five minutes. */
export interface People {
  act(): Promise<void>;
  /** Clusters with the label `env=live`. */
  live: Set<string>;
  acts: Map<string, number>;
}

export function people(world: World, slots: SlotLedger, deletions: DeletionLedger): People {
  const { clock, chance, chronicle } = world;
  const cli = world.open('cli');
  const live = new Set(['a', 'b']);
  const acts = new Map<string, number>();
  const done = new Set<string>();
  let made = 0;

  return { act, live, acts };

  async function act(): Promise<void> {
    await onTheDay();
    await sometimes('pause or unpause', 2_500, pauseOrNot);
    await sometimes('skip a slot', 2_000, skip);
    await sometimes('hold a backup', 1_500, hold);
    await sometimes('release a backup', 3_000, release);
    await sometimes('accept a suspect', 1_500, accept);
    await sometimes('ask for a backup', 1_500, askForBackup);
    await sometimes('ask for a restore', 1_500, askForRestore);
  }

  async function sometimes(what: string, minutes: number, how: () => Promise<boolean>): Promise<void> {
    if (chance.of(5 / minutes) && (await how())) acts.set(what, (acts.get(what) ?? 0) + 1);
  }

  async function pauseOrNot(): Promise<boolean> {
    const standing = slots.standings.get(chance.pick(['interval', 'three', 'office', 'emptied']))!;
    const { name } = standing.plan;
    const now = clock.now().getTime();
    if (standing.paused) {
      await unpauseSchedule(cli, name);
      standing.pauses.at(-1)!.to = now;
      standing.since = now;
    } else {
      await pauseSchedule(cli, name);
      standing.pauses.push({ from: now, to: Number.POSITIVE_INFINITY });
    }
    standing.paused = !standing.paused;
    return true;
  }

  async function skip(): Promise<boolean> {
    const standing = slots.standings.get(chance.pick(['nightly', 'hourly', 'ruleless', 'slow']))!;
    const slot = (await skipSlot(cli, standing.plan.name)).getTime();
    const next = standing.slots.find((at) => at > clock.now().getTime() && !standing.skipped.has(at));
    if (slot !== next)
      slots.unexplained.push(`${standing.plan.name}: ${slot} was skipped instead of ${next}`);
    standing.skipped.add(slot);
    return true;
  }

  function ours(): string[] {
    return [...chronicle.visible].filter((name) => !deletions.foreign.has(name));
  }

  async function hold(): Promise<boolean> {
    const names = ours();
    if (names.length === 0) return false;
    const backup = chance.pick(names);
    await holdBackup(cli, { vault: 'main', backup }, 'case 7');
    deletions.held.add(backup);
    return true;
  }

  async function release(): Promise<boolean> {
    const [backup] = deletions.held;
    if (backup === undefined) return false;
    await releaseBackup(cli, { vault: 'main', backup });
    deletions.held.delete(backup);
    return true;
  }

  async function accept(): Promise<boolean> {
    const suspects = ours().filter(
      (name) => chronicle.committed.get(name)!.items < 50 && !deletions.accepted.has(name),
    );
    if (suspects.length === 0) return false;
    const backup = chance.pick(suspects);
    await acceptBackup(cli, { vault: 'main', backup });
    deletions.accepted.add(backup);
    return true;
  }

  async function askForBackup(): Promise<boolean> {
    made += 1;
    await requestRun(runContext(cli), {
      kind: 'BackupRequest',
      metadata: { name: `by-hand-${made}` },
      cluster: chance.pick(['a', 'b', 'c', 'd']),
      vault: 'main',
      spec: { includedNamespaces: ['shop'], ttl: '36h' },
    });
    return true;
  }

  async function askForRestore(): Promise<boolean> {
    const names = ours();
    if (names.length === 0) return false;
    made += 1;
    const restore = `restore-${made}`;
    const backupName = chance.pick(names);
    deletions.restores.set(restore, backupName);
    await requestRun(runContext(cli), {
      kind: 'RestoreRequest',
      metadata: { name: restore },
      cluster: 'e',
      vault: 'main',
      spec: { backupName },
    });
    return true;
  }

  /** What happens once in the month. */
  async function onTheDay(): Promise<void> {
    await onDay(2, 'others write into the vault', othersWrite);
    await onDay(6, 'label a cluster', () => label('c', 'live'));
    await onDay(10, 'change rules', () => changeRules('hourly', { keepHourly: 3, keepDaily: 2 }));
    await onDay(15, 'build a cluster anew', async () => void world.uids.set('b', 'uid-b-2'));
    await onDay(17, 'unlabel a cluster', () => label('a', 'test'));
    await onDay(18, 'change rules again', () => changeRules('nightly', { keepDaily: 2, keepMonthly: 1 }));
    await onDay(28, 'delete a schedule', () => removeSchedule('southern'));
  }

  /** At noon or so, when no slot of the schedule that selects its clusters is near. */
  async function onDay(n: number, what: string, how: () => Promise<void>): Promise<void> {
    const now = clock.now().getTime();
    const noon = monthStart + n * day + 122 * minute;
    if (now < noon || now > noon + 60 * minute || done.has(what)) return;
    done.add(what);
    await how();
    acts.set('of once in the month', (acts.get('of once in the month') ?? 0) + 1);
  }

  async function label(name: string, env: string): Promise<void> {
    await cli.state.clusters.change(name, ({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, labels: { env } },
    }));
    if (env === 'live') live.add(name);
    else live.delete(name);
  }

  async function changeRules(name: string, retention: Retention): Promise<void> {
    await changeSchedule(cli, name, { retention });
    deletions.rules.get(name)!.retention = retention;
  }

  async function removeSchedule(name: string): Promise<void> {
    await deleteSchedule(cli, name);
    slots.standings.get(name)!.deleted = clock.now().getTime();
  }

  async function othersWrite(): Promise<void> {
    const vault = await cli.openVault('main');
    for (const name of ['velero-1', 'theirs-1']) deletions.foreign.add(name);
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'velero-1' } };
    await vault.put('backups/velero-1/velero-backup.json', Buffer.from(JSON.stringify(manifest)));
    await commitOne({ vault, state: new MemoryStore() }, 'theirs-1', {
      installation: '2'.repeat(32),
      schedule: 'nightly',
      archiveSize: 64,
    });
  }
}
