import { type Adoption, adoptBackups } from '../../adoption/adopt-backups';
import { messageOf } from '../../errors';
import { parsePublicKey } from '../../manifests/public-key';
import type { Installation } from '../installation';
import { record } from '../record';

/** By vault: what was adopted, or why it could not be looked at. */
export type Adoptions = Record<string, Adoption | { failed: string }>;

/**
 * Takes over the backups of another installation in the vaults of this one. One vault that cannot be looked at stops no other.
 * @param terms `vault`: only there. `trustKey`: only what it signed, an Ed25519 public key. Called as the flags are: a name that
 * is not the flag's would let everything pass
 * @throws LifeboatError `invalid` for what is no key, `not-found` for the vault
 */
export async function adoptInstallation(
  installation: Installation,
  from: string,
  terms: { vault?: string; trustKey?: string; dryRun?: boolean } = {},
): Promise<Adoptions> {
  const { state } = installation;
  const trustedKey = terms.trustKey === undefined ? undefined : parsePublicKey(terms.trustKey);
  const all = (await state.vaults.list()).items;
  const vaults = terms.vault === undefined ? all : [await state.vaults.get(terms.vault)];
  const vaultNames = new Set(all.map(({ metadata }) => metadata.name));
  const schedules = (await state.schedules.list()).items;
  const done: Adoptions = {};
  for (const vault of vaults) {
    const { name } = vault.metadata;
    try {
      done[name] = await adoptBackups({
        from,
        trustedKey,
        dryRun: terms.dryRun,
        vault: installation.openVaultStore(vault),
        vaultName: name,
        vaultNames,
        state: state.store,
        schedules,
      });
    } catch (error) {
      done[name] = { failed: messageOf(error) };
    }
  }
  if (!terms.dryRun) await record(installation, { action: 'adopt', what: 'installation', name: from });
  return done;
}
