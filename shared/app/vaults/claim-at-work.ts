import { messageOf } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import type { Vault } from '../../formats/manifests/vault';
import type { ObjectStore } from '../../platform/oss/port';
import type { Writer } from '../../formats/vault/commit/first-writer';
import { claimAtWork } from '../../formats/vault/claims/write-claim';

/**
 * Claims a vault that this installation writes backups to already. A claim of another installation stops nothing: where a name is
 * taken the backup ends Failed, and `doctor` says who writes there. Nor does a role that may not write claims yet. One request.
 * @param store of the vault
 * @returns this installation as a writer, with what was seen of the bucket
 */
export async function claimQuietly(
  { id, log }: { id: string; log: Log },
  vault: Vault,
  store: ObjectStore,
): Promise<Writer> {
  try {
    return { installation: id, ...(await claimAtWork(store, id, vault.spec.share === true)) };
  } catch (error) {
    const { name } = vault.metadata;
    log.warn(`Vault ${name} could not be claimed for this installation`, { name, error: messageOf(error) });
    return { installation: id };
  }
}
