import { isKind, isUnreadable, messageOf } from '../../platform/errors';
import type { Vault } from '../../formats/manifests/vault';
import { vaultPrefix } from '../../formats/manifests/vault';
import type { ObjectStore } from '../../platform/oss/port';
import { readBackup } from '../../formats/vault/backup-manifest';
import { backupKeys } from '../../formats/vault/layout';

const terminal = new Set(['Completed', 'PartiallyFailed']);

/**
 * The name of the backup whose manifest an OSS event is about, for a vault in this bucket; undefined when the key is not
 * that of a manifest in this vault.
 */
export function backupOfKey(vault: Vault, bucket: string, key: string): string | undefined {
  const prefix = vaultPrefix(vault);
  if (vault.spec.bucket !== bucket || !key.startsWith(prefix)) return undefined;
  const [, name] = /^backups\/([^/]+)\/velero-backup\.json$/.exec(key.slice(prefix.length)) ?? [];
  return name && isBackupName(name) ? name : undefined;
}

/**
 * Why nothing is to be done yet about a manifest that was written; undefined when its backup stands complete. An event gives
 * no more than a key, and Velero writes its manifest first, before the archive, and again when the phase has become terminal.
 */
export async function notLanded(vault: ObjectStore, name: string): Promise<string | undefined> {
  try {
    const { phase } = (await readBackup(vault, name)).status;
    if (!phase || !terminal.has(phase)) return `its phase is ${phase ?? 'not set'}`;
    return (await vault.head(backupKeys(name).archive)) ? undefined : 'its archive is not there';
  } catch (error) {
    if (isKind(error, 'not-found')) return 'it is not there any more';
    if (isUnreadable(error)) return messageOf(error);
    throw error;
  }
}

/** Velero's names may be subdomains. */
function isBackupName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && !name.includes('..');
}
