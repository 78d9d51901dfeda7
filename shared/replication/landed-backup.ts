import { isName } from '../manifests/names';
import type { BackupRequest } from '../manifests/run';
import type { Backup } from '../manifests/velero';
import type { Vault } from '../manifests/vault';
import { vaultPrefix } from '../manifests/vault';
import { findRequest } from '../state/requests';
import type { ObjectStore } from '../store/port';
import { readBackup } from '../vault/backup-manifest';
import { backupKeys } from '../vault/layout';

/** A backup that stands complete in a vault. */
export interface LandedBackup {
  vault: string;
  name: string;
  backup: Backup;
  /** What we asked for: the source cluster and schedule, not on the vault's word. */
  request: BackupRequest;
}

const terminal = new Set(['Completed', 'PartiallyFailed']);

/**
 * The name of the backup whose manifest an OSS event is about, for a vault in this bucket; undefined when the key is not
 * that of a manifest in this vault.
 */
export function backupOfKey(vault: Vault, bucket: string, key: string): string | undefined {
  const prefix = vaultPrefix(vault);
  if (vault.spec.bucket !== bucket || !key.startsWith(prefix)) return undefined;
  const [, name] = /^backups\/([^/]+)\/velero-backup\.json$/.exec(key.slice(prefix.length)) ?? [];
  return name && isName(name) ? name : undefined;
}

/**
 * Reads what an event was about: an event gives no more than a key. Answers with the reason when nothing is to be done
 * about it: not terminal (Velero writes its manifest first, and twice), without its archive, or not asked for by this installation.
 */
export async function landedBackup(
  state: ObjectStore,
  vault: ObjectStore,
  vaultName: string,
  name: string,
): Promise<LandedBackup | { skipped: string }> {
  const backup = await readBackup(vault, name);
  const { phase } = backup.status;
  if (!phase || !terminal.has(phase)) return { skipped: `its phase is ${phase ?? 'not set'}` };
  if (!(await vault.head(backupKeys(name).archive))) return { skipped: 'its archive is not there' };
  const request = await findRequest(state, { kind: 'backups', name });
  if (request?.kind !== 'BackupRequest' || request.vault !== vaultName) {
    return { skipped: 'this installation did not ask for it' };
  }
  return { vault: vaultName, name, backup, request };
}

/** True when there is something to replicate. */
export function hasLanded(found: LandedBackup | { skipped: string }): found is LandedBackup {
  return !('skipped' in found);
}
