import { isDeepStrictEqual } from 'node:util';
import { isKind, LifeboatError, messageOf } from '../../../platform/errors';
import type { BackupRequest } from '../../../formats/manifests/run';
import type { Schedule } from '../../../formats/manifests/schedule';
import { noteCopied, wasCopied } from '../../../formats/state/copies';
import { forgetReplicationHint } from '../../replication/replication-hint';
import { forgetRetentionHint } from '../../retention/retention-hint';
import { documentBytes } from '../../../formats/state/json-object';
import { findRequest } from '../../../formats/state/run/requests';
import { openKey, type RunId, runStore } from '../../../formats/state/run-keys';
import type { ObjectStore } from '../../../platform/oss/port';
import { backupDirectories } from '../../../formats/vault/backup-directories';
import { commitKey, readCommit } from '../../../formats/vault/commit/commit-record';
import { type AdoptableBackup, type AdoptionTerms, adoptableBackup } from './adoptable-backup';
import { adoptedRequest } from './adopted-request';

export interface AdoptionWork extends AdoptionTerms {
  /** Bound to the vault's subdirectory. */
  vault: ObjectStore;
  /** Registered name. */
  vaultName: string;
  /** Of the whole installation that takes them over. */
  state: ObjectStore;
  /** Of all its vaults. */
  vaultNames: ReadonlySet<string>;
  /** Its schedules, whose rules the backups are kept by. */
  schedules: readonly Schedule[];
  /** True to say what would be adopted, and write nothing. */
  dryRun?: boolean;
}

/** What became of the other installation's backups in one vault. */
export interface Adoption {
  adopted: string[];
  /** Were its own before. */
  known: string[];
  refused: { name: string; reason: string }[];
}

/**
 * Takes over the backups that another installation made in a vault: for each that proves itself the state gets the records
 * that its own run would have left, create-only. From then on they are this installation's for retention, for replication and
 * for whoever asks what was the last good one. Nothing in the vault is changed. Can be repeated: also a pass of retention that
 * was at work meanwhile, and noted the backups as another installation's, is undone by it.
 */
export async function adoptBackups(work: AdoptionWork): Promise<Adoption> {
  const adoption: Adoption = { adopted: [], known: [], refused: [] };
  for await (const { directories } of backupDirectories(work.vault)) {
    for (const directory of directories) {
      const { name } = directory;
      try {
        const found = await adoptableBackup(work.vault, directory, work);
        if (!found) continue;
        adoption[(await adopt(found, work)) ? 'adopted' : 'known'].push(name);
      } catch (error) {
        if (!isKind(error, 'corrupt') && !isKind(error, 'invalid') && !isKind(error, 'denied')) throw error;
        adoption.refused.push({ name, reason: messageOf(error) });
      }
    }
  }
  if (!work.dryRun) {
    await forgetRetentionHint(work.state, work.vaultName);
    await forgetReplicationHint(work.state, work.vaultName);
  }
  return adoption;
}

/** False when it was ours before. */
async function adopt(found: AdoptableBackup, work: AdoptionWork): Promise<boolean> {
  const { state, vaultName, vaultNames, schedules, dryRun = false } = work;
  const { backup, commit } = found;
  const { name } = backup.metadata;
  const home = backup.spec.storageLocation;
  // A copy belongs to the vault that it was made for, where there still is one.
  const vault = home !== undefined && vaultNames.has(home) ? home : vaultName;
  const { request, result } = adoptedRequest(found, { vaultName: vault, schedules });
  const run = runStore(state, { kind: 'backups', name });
  const place = { vault: vaultName, backup: name };
  const isCopy = vault !== vaultName;
  const earlier = await readCommit(run);
  if (
    earlier &&
    (!isCopy || earlier.manifest.sha256 !== commit.manifest.sha256 || (await wasCopied(state, place)))
  )
    return false;
  if (!earlier) await assertNoOther(state, request);
  if (dryRun) return true;
  // The commit is what counts, so it comes last.
  await run.create('result.json', documentBytes(result));
  await run.create('request.json', documentBytes(request));
  await run.create(commitKey, Buffer.from(JSON.stringify(commit)));
  if (isCopy) await noteCopied(state, place, { from: vault, manifest: commit.manifest.sha256 });
  return true;
}

/** Throws `invalid` where a run of ours has the name: its records are not another backup's. Fine for an adoption that was killed. */
async function assertNoOther(state: ObjectStore, request: BackupRequest): Promise<void> {
  const run: RunId = { kind: 'backups', name: request.metadata.name };
  const [other, open] = await Promise.all([findRequest(state, run), state.head(openKey(run))]);
  if (!open && (!other || isDeepStrictEqual(withoutRules(other), withoutRules(request)))) return;
  throw new LifeboatError('invalid', 'a backup of this installation has its name');
}

/** Rules may have changed since. */
function withoutRules(request: object): object {
  const { schedule, ...rest } = request as BackupRequest;
  return { ...rest, ...(schedule && { schedule: { name: schedule.name, slot: schedule.slot } }) };
}
