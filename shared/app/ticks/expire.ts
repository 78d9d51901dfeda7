import { messageOf } from '../../platform/errors';
import type { Schedule } from '../../formats/manifests/schedule';
import { isReadOnly, type Vault } from '../../formats/manifests/vault';
import { type CleanedRuns, cleanRuns } from '../../operations/retention/clean-runs';
import { tellVanished } from '../../operations/notifications/tell-vanished';
import { cleanUploads } from '../../operations/retention/clean-uploads';
import {
  type ExpiryJob,
  type ExpiryReport,
  expireBackups,
  planExpiry,
} from '../../operations/retention/expire-backups';
import type { Verdict } from '../../operations/retention/verdict';
import { copiedTo, forgetCopied } from '../../formats/state/copies';
import type { ManifestList } from '../../formats/state/manifests/manifest-reader';
import type { ObjectStore } from '../../platform/oss/port';
import { backupDirectories } from '../../formats/vault/backup-directories';
import type { Deletion } from '../../operations/deletion/delete-backup';
import { type Installation, notificationContext } from '../installation';
import { record } from '../record';
import { claimQuietly } from '../vaults/claim-at-work';
import { wormDaysOf } from '../vaults/worm-days';

/** What a pass did in one vault. */
export interface VaultExpiry {
  kept: number;
  /** Backups that went out of the vault, each with its reason. */
  expired: { name: string; reason: string }[];
  /** Deletions under way or ended, as far as they came. */
  deletions: Deletion[];
  /** Backups that a person should look at, each with the reason. */
  suspects: { name: string; reason: string }[];
  /** Backups that are gone though nothing let them go. */
  vanished: string[];
  /** Keys of the unfinished uploads that were removed. */
  uploads: string[];
  failed: { name: string; reason: string }[];
}

export interface InstallationExpiry {
  /** By vault: what was done, or why it could not be looked at. */
  vaults: Record<string, VaultExpiry | { failed: string } | { passedOver: string }>;
  runs: CleanedRuns;
}

/**
 * Lets the backups go whose time is over, vault by vault, and cleans up after runs that are finished. One vault that cannot
 * be looked at stops no other.
 */
export async function expireInstallation(installation: Installation): Promise<InstallationExpiry> {
  const { state, log } = installation;
  const [vaults, schedules] = await Promise.all([state.vaults.list(), state.schedules.list()]);
  const done: InstallationExpiry = { vaults: {}, runs: { stripped: [], removed: [] } };
  for (const { name, reason } of vaults.unreadable) done.vaults[name] = { failed: reason };
  /** Undefined as soon as one vault was not seen: what lies there is not known. */
  let present: Set<string> | undefined = vaults.unreadable.length === 0 ? new Set() : undefined;
  for (const vault of vaults.items) {
    const { name } = vault.metadata;
    try {
      if (isReadOnly(vault)) {
        await noteDirectories(installation.openVaultStore(vault), present);
        done.vaults[name] = { passedOver: 'the vault is read-only' };
        continue;
      }
      const job = await jobOf(installation, vault, schedules);
      const report = await expireBackups(job);
      done.vaults[name] = summary(report, await cleanUploads({ ...job, state: state.store }));
      // Who only restores from a vault claims nothing.
      if (report.verdicts.some(isOurs)) await claimQuietly(installation, vault, job.vault);
      for (const backup of report.directories) present?.add(backup);
      for (const backup of job.copied)
        if (!report.directories.has(backup)) await forgetCopied(state.store, { vault: name, backup });
      for (const { name: backup, suspect } of report.verdicts)
        if (suspect !== undefined) log.warn(`Backup ${backup} is suspect: ${suspect}`, { name: backup });
    } catch (error) {
      done.vaults[name] = { failed: messageOf(error) };
      present = undefined;
      log.error(`Vault ${name} could not be looked at`, { name, error: messageOf(error) });
    }
  }
  done.runs = await cleanRuns({
    state: state.store,
    mayExist: (backup) => present?.has(backup) ?? true,
    log,
  });
  return done;
}

/** What lies in a vault that is not judged: the runs of its backups stay. */
async function noteDirectories(vault: ObjectStore, present: Set<string> | undefined): Promise<void> {
  if (!present) return;
  for await (const { directories } of backupDirectories(vault))
    for (const { name } of directories) present.add(name);
}

/** What the next pass would delete in a vault, and why it keeps the rest. Writes nothing. */
export async function expiryPlan(installation: Installation, vaultName: string): Promise<Verdict[]> {
  const { state } = installation;
  const [vault, schedules] = await Promise.all([state.vaults.get(vaultName), state.schedules.list()]);
  const judged = await planExpiry(await jobOf(installation, vault, schedules));
  if (!isReadOnly(vault)) return judged;
  return judged.map((verdict) => ({ ...verdict, delete: false, reason: 'kept: the vault is read-only' }));
}

async function jobOf(
  installation: Installation,
  vault: Vault,
  schedules: ManifestList<Schedule>,
): Promise<ExpiryJob & { copied: Set<string> }> {
  return {
    vaultName: vault.metadata.name,
    vault: installation.openVaultStore(vault),
    state: installation.state.store,
    // Before the vault is listed: what is copied meanwhile is neither judged nor forgotten.
    copied: await copiedTo(installation.state.store, vault.metadata.name),
    schedules,
    wormDays: wormDaysOf(installation, vault),
    audit: (backup) =>
      record(installation, { action: 'delete', what: 'backup', name: `${vault.metadata.name}/${backup}` }),
    tellVanished: (vanished) =>
      tellVanished(notificationContext(installation), vault.metadata.name, vanished),
    log: installation.log,
  };
}

/** Of others nobody knows when they were committed. */
function isOurs({ madeAt }: Verdict): boolean {
  return madeAt !== undefined;
}

function summary(report: ExpiryReport, uploads: string[]): VaultExpiry {
  const { verdicts, deletions, failed, vanished } = report;
  const hidden = new Set(deletions.flatMap(({ backup, state }) => (state === 'hidden' ? [backup] : [])));
  return {
    kept: verdicts.filter((verdict) => !verdict.delete).length,
    expired: verdicts
      .filter(({ name, delete: going }) => going && hidden.has(name))
      .map(({ name, reason }) => ({ name, reason })),
    deletions,
    suspects: verdicts.flatMap(({ name, suspect }) =>
      suspect === undefined ? [] : [{ name, reason: suspect }],
    ),
    vanished,
    uploads,
    failed,
  };
}
