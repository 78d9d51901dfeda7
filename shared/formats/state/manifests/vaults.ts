import { LifeboatError } from '../../../platform/errors';
import { type Vault, vaultPrefix, vaultSchema } from '../../manifests/vault';
import type { ObjectStore } from '../../../platform/oss/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `vaults/<name>.json`: where backups are kept. */
export interface VaultFolder extends ManifestFolder<Vault> {
  /** Throws `invalid` for a vault that overlaps the state. */
  assertApart(vault: Vault): void;
}

export function vaults(store: ObjectStore): VaultFolder {
  const apart = (vault: Vault) => refuseOverlap(store, vault);
  const folder = manifestFolder(store, {
    folder: 'vaults/',
    word: 'vault',
    schema: vaultSchema,
    admit: apart,
  });
  return { ...folder, assertApart: apart };
}

/**
 * State and vault are kept apart: inside a vault's prefix the state's folders make Velero call the vault Unavailable,
 * and a vault inside the state would be cleaned with it.
 */
function refuseOverlap(state: ObjectStore, vault: Vault): void {
  if (vault.spec.bucket !== state.bucket) return;
  const prefix = vaultPrefix(vault);
  if (!state.prefix.startsWith(prefix) && !prefix.startsWith(state.prefix)) return;
  throw new LifeboatError(
    'invalid',
    `vault "${vault.metadata.name}" at oss://${vault.spec.bucket}/${prefix} overlaps the state at oss://${state.bucket}/${state.prefix}`,
    { hint: 'give the vault another bucket, or a subdirectory beside the state' },
  );
}
