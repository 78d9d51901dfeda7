import { LifeboatError } from '../../platform/errors';
import { backupOfKey, notLanded } from '../../operations/replication/landed-backup';
import type { Replicated } from '../../operations/replication/replicate-vault';
import type { Installation } from '../installation';
import { replicateVaults } from './replicate-vaults';

/** What was done about one object of an event. */
export type ObjectOutcome =
  | { vault: string; backup: string; replicated: Replicated[] }
  | { key: string; skipped: string };

/**
 * Carries the replication rules out after an object was written. The event gives no more than a key and only says that it is
 * time to look: what is done follows from what lies in the vault. An object that is no backup's manifest in a registered vault,
 * or a backup that is not complete, is passed over with the reason.
 */
export async function replicateObject(
  installation: Installation,
  bucket: string,
  key: string,
): Promise<ObjectOutcome[]> {
  const { state, log } = installation;
  const vaults = await state.vaults.list();
  for (const { name, reason } of vaults.unreadable) {
    log.error(`${name} was passed over`, { name, error: reason });
  }
  const outcomes: ObjectOutcome[] = [];
  for (const vault of vaults.items) {
    const backup = backupOfKey(vault, bucket, key);
    if (!backup) continue;
    const { name } = vault.metadata;
    const skipped = await notLanded(installation.openVaultStore(vault), backup);
    if (skipped !== undefined) {
      log.info(`Backup ${backup} is not replicated: ${skipped}`, { name: backup });
      outcomes.push({ key, skipped });
      continue;
    }
    const replicated = (await replicateVaults(installation, name))[name] ?? [];
    // The event is delivered again after an error; nothing that was asked for is asked for twice.
    if ('failed' in replicated) throw new LifeboatError('unavailable', replicated.failed);
    outcomes.push({ vault: name, backup, replicated });
  }
  if (outcomes.length === 0) outcomes.push({ key, skipped: 'no registered vault holds it as a backup' });
  return outcomes;
}
