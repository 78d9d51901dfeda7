import { LifeboatError } from '../errors';
import type { Vault } from '../manifests/vault';
import { LEGAL_DIRECTORIES } from '../vault/layout';
import type { Installation } from './installation';
import { record } from './record';

/**
 * Registers a vault once its place has been looked at: it must answer, and hold nothing that would make Velero call it
 * Unavailable. Throws `invalid` naming the field or the foreign folder, `not-found` for the bucket, `denied`, or
 * `conflict` when the name is taken; nothing is stored then.
 */
export async function addVault(installation: Installation, manifest: unknown): Promise<Vault> {
  const vault = installation.state.vaults.check(manifest);
  const store = installation.openVaultStore(vault);
  for await (const page of store.list('', { delimiter: '/' })) {
    const foreign = page.prefixes.find(
      (prefix) => !(LEGAL_DIRECTORIES as readonly string[]).includes(prefix),
    );
    if (foreign !== undefined) {
      throw new LifeboatError('invalid', `${store.name} holds the folder ${foreign}, which no vault has`, {
        hint: 'give the vault a subdirectory of its own: Velero calls a vault with foreign folders Unavailable',
      });
    }
  }
  const created = await installation.state.vaults.create(vault);
  await record(installation, { action: 'create', what: 'vault', name: vault.metadata.name });
  return created;
}
