import { tmpdir } from 'node:os';
import { judgedBackup } from '../../shared/app/backups/proved-backup';
import { instant } from '../../shared/formats/manifests/instant';
import { deletionAt } from '../../shared/formats/state/deletions';
import { openRuns } from '../../shared/formats/state/run/open-runs';
import { findRun, runNames } from '../../shared/formats/state/run/runs';
import { listPermits } from '../../shared/formats/state/leases/permits';
import { backupKeys } from '../../shared/formats/vault/layout';
import { verifyBackup } from '../../shared/formats/vault/verify/verify-backup';
import { ruleStatus } from '../../shared/operations/replication/rule-status';
import { slotsOf } from '../../shared/operations/schedule/slots';
import type { Installation } from '../../shared/app/installation';
import { endured } from './endured-system';

/** What became of everything that had to happen; `wrong` names each thing that is lost or left over. */
export interface Account {
  counts: Record<string, number>;
  wrong: string[];
}

/** Holds what lies in the state and the vaults against the slots that came due until then. */
export async function accountFor(installation: Installation, until: Date): Promise<Account> {
  const { state } = installation;
  const account: Account = { counts: {}, wrong: [] };
  const count = (what: string, by = 1) => {
    account.counts[what] = (account.counts[what] ?? 0) + by;
  };
  const slots = new Map<string, string>();
  for (const name of endured.schedules) {
    const schedule = await state.schedules.get(name);
    for (const slot of slotsOf(schedule).all(new Date(schedule.spec.startAt), until))
      if (slot.leftOut === undefined) slots.set(`${name}-${instant(slot.at).replace(/\D/g, '')}`, name);
  }
  count('slots due', slots.size);
  const newest = new Map<string, string>();
  /** Failed, and no later slot of the schedule is known to be backed up yet. */
  const failed = new Map<string, string[]>();
  for (const [backup, schedule] of slots) {
    const run = await findRun(state.store, { kind: 'backups', name: backup });
    const phase = run?.result?.phase;
    if (phase === undefined) {
      account.wrong.push(`slot ${backup}: ${run ? run.phase : 'no backup was requested'}`);
    } else if (phase === 'Failed') {
      const reason = `backup ${backup}: Failed: ${run?.result?.reason}`;
      failed.set(schedule, [...(failed.get(schedule) ?? []), reason]);
    } else {
      count(`backups ${phase}`);
      // Refusals are tried again until the next slot, whose backup is the next try.
      count('backups refused until the next slot, which was backed up', failed.get(schedule)?.length ?? 0);
      failed.delete(schedule);
      newest.set(schedule, backup);
      await standing(endured.vault, backup);
      if (schedule === endured.copied) await standing(endured.copies, backup);
    }
  }
  account.wrong.push(...[...failed.values()].flat());
  await restores();
  await leftovers();
  return account;

  /** A backup or copy is whole in its vault, or retention let it go. */
  async function standing(vaultName: string, backup: string): Promise<void> {
    const what = vaultName === endured.vault ? 'backups' : 'copies';
    const vault = await installation.openVault(vaultName);
    if (await vault.head(backupKeys(backup).manifest)) {
      const origin = await judgedBackup(installation, { vault: vaultName, backup });
      const { proof } = await verifyBackup(vault, backup, { origin, temporaryDirectory: tmpdir() });
      if (proof === 'proved') count(`${what} in their vault, proved`);
      else account.wrong.push(`backup ${backup} in vault ${vaultName} is ${proof}`);
    } else if (await deletionAt(state.store, { vault: vaultName, backup })) {
      count(`${what} that retention let go`);
    } else if (what === 'copies' && (await deletionAt(state.store, { vault: endured.vault, backup }))) {
      count('copies that were not needed any more: the backup went first');
    } else account.wrong.push(`backup ${backup} is not in vault ${vaultName}`);
  }

  async function restores(): Promise<void> {
    for (const name of await runNames(state.store, 'restores')) {
      const run = await findRun(state.store, { kind: 'restores', name });
      count(`restores of the rule: ${run?.result?.phase ?? 'open'}`);
    }
    const rule = await state.replications.get(endured.rule);
    const [standby] = await ruleStatus(state.store, rule, installation.clock.now());
    const wanted = newest.get(endured.copied);
    if (standby?.last?.backup !== wanted || standby?.last?.phase !== 'Completed')
      account.wrong.push(
        `the standby is at ${standby?.last?.backup}: ${standby?.last?.phase}, and not at ${wanted}`,
      );
  }

  async function leftovers(): Promise<void> {
    const leftOver = (what: string, name: string) => {
      count(`left over: ${what}`);
      account.wrong.push(`left over: ${what} ${name}`);
    };
    for await (const { kind, name } of openRuns(state.store)) leftOver('open run', `${kind}/${name}`);
    for (const cluster of ['home', 'standby'])
      for (const { place, n, free } of (await listPermits(state.store, cluster)).permits)
        if (!free) leftOver('permit', `${cluster} ${place}-${n}`);
    for (const name of [endured.vault, endured.copies])
      for await (const { key, id } of (await installation.openVault(name)).uploads(''))
        leftOver('upload', `${key} ${id}`);
  }
}
