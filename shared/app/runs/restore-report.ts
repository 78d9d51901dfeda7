import { isReadOnly, type Vault } from '../../formats/manifests/vault';
import { reportsBeside, type RunId, runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import { restoreKeys } from '../../formats/vault/layout';
import type { Installation } from '../installation';

/** Where a restore writes its results: undefined for its vault, if that is free for them; the state for a read-only vault. */
export function reportsBesideVault(
  { state }: Installation,
  vault: Vault,
  run: RunId,
): ObjectStore | undefined {
  return isReadOnly(vault) ? reportsBeside(runStore(state.store, run)) : undefined;
}

/** Where the results and the log of a restore are read. Throws `not-found` when its vault is not registered any more. */
export async function findReports(
  installation: Installation,
  vault: string,
  restore: string,
): Promise<ObjectStore> {
  const beside = reportsBeside(runStore(installation.state.store, { kind: 'restores', name: restore }));
  if (await beside.head(restoreKeys(restore).results)) return beside;
  return installation.openVault(vault);
}
