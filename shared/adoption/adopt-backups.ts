import { isKind, messageOf } from '../errors';
import type { Schedule } from '../manifests/schedule';
import { jsonBytes } from '../state/json-object';
import { runStore } from '../state/run-keys';
import type { ObjectStore } from '../store/port';
import { backupDirectories } from '../vault/backup-directories';
import { COMMIT_KEY } from '../vault/commit-record';
import { type AdoptionTerms, adoptableBackup } from './adoptable-backup';
import { adoptedRequest } from './adopted-request';

export interface AdoptionWork extends AdoptionTerms {
  /** Bound to the vault's subdirectory. */
  vault: ObjectStore;
  /** Registered name. */
  vaultName: string;
  /** Of the whole installation that takes them over. */
  state: ObjectStore;
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
 * for whoever asks what was the last good one. Nothing in the vault is changed. Can be repeated.
 */
export async function adoptBackups(work: AdoptionWork): Promise<Adoption> {
  const adoption: Adoption = { adopted: [], known: [], refused: [] };
  for await (const { directories } of backupDirectories(work.vault)) {
    for (const directory of directories) {
      const { name } = directory;
      try {
        const found = await adoptableBackup(work.vault, directory, work);
        if (!found) continue;
        const records = adoptedRequest(found, work);
        const run = runStore(work.state, { kind: 'backups', name });
        if (await run.head(COMMIT_KEY)) {
          adoption.known.push(name);
          continue;
        }
        if (!work.dryRun) {
          // The commit is what counts, so it comes last.
          await run.create('result.json', jsonBytes(records.result));
          await run.create('request.json', jsonBytes(records.request));
          await run.create(COMMIT_KEY, Buffer.from(JSON.stringify(found.commit)));
        }
        adoption.adopted.push(name);
      } catch (error) {
        if (!isKind(error, 'corrupt') && !isKind(error, 'invalid') && !isKind(error, 'denied')) throw error;
        adoption.refused.push({ name, reason: messageOf(error) });
      }
    }
  }
  return adoption;
}
