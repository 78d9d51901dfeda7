import { messageOf } from '../errors';
import { backupOfKey, hasLanded, landedBackup } from '../replication/landed-backup';
import { type Replicated, replicateBackup } from '../replication/replicate-backup';
import { type Installation, runContext } from './installation';

/** What was done about one object of an event. */
export type ObjectOutcome =
  | { vault: string; backup: string; replicated: Replicated[] }
  | { key: string; skipped: string };

/**
 * Carries the replication rules out for an object that was written. An object that is no backup's manifest in a
 * registered vault, or a backup that is not to be replicated, is passed over with the reason.
 */
export async function replicateObject(
  installation: Installation,
  bucket: string,
  key: string,
): Promise<ObjectOutcome[]> {
  const { state, log } = installation;
  const [vaults, rules] = await Promise.all([state.vaults.list(), state.replications.list()]);
  for (const { name, reason } of [...vaults.unreadable, ...rules.unreadable]) {
    log.error(`${name} was passed over`, { name, error: reason });
  }
  const outcomes: ObjectOutcome[] = [];
  for (const vault of vaults.items) {
    const backup = backupOfKey(vault, bucket, key);
    if (!backup) continue;
    const { name } = vault.metadata;
    try {
      const landed = await landedBackup(state.store, installation.openVaultStore(vault), name, backup);
      if (!hasLanded(landed)) {
        log.info(`Backup ${backup} is not replicated: ${landed.skipped}`, { name: backup });
        outcomes.push({ key, skipped: landed.skipped });
        continue;
      }
      const replicated = await replicateBackup(runContext(installation), rules.items, landed);
      outcomes.push({ vault: name, backup, replicated });
    } catch (error) {
      // The event is delivered again after an error; nothing that was asked for is asked for twice.
      log.error(`Backup ${backup} could not be replicated`, { name: backup, error: messageOf(error) });
      throw error;
    }
  }
  if (outcomes.length === 0) outcomes.push({ key, skipped: 'no registered vault holds it as a backup' });
  return outcomes;
}
