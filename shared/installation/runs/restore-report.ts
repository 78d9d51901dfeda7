import { isReadOnly, type Vault } from '../../manifests/vault';
import { type RunId, runStore } from '../../state/run/run-keys';
import type { ObjectStore } from '../../store/port';
import { restoreKeys } from '../../vault/layout';
import type { Installation } from '../installation';

/** Beside the request of a restore from a read-only vault: its results and its log, under the keys they have in a vault. */
const REPORT = 'report/';

/** Where a restore writes its results: undefined for its vault, else the state. */
export function reportsBesideVault(
  { state }: Installation,
  vault: Vault,
  run: RunId,
): ObjectStore | undefined {
  return isReadOnly(vault) ? runStore(state.store, run).at(REPORT) : undefined;
}

/** Where the results and the log of a restore are read. Throws `not-found` when its vault is not registered any more. */
export async function findReports(
  installation: Installation,
  vault: string,
  restore: string,
): Promise<ObjectStore> {
  const beside = runStore(installation.state.store, { kind: 'restores', name: restore }).at(REPORT);
  if (await beside.head(restoreKeys(restore).results)) return beside;
  return installation.openVault(vault);
}
