import { type Adoption, adoptBackups } from '../../operations/disaster/adoption/adopt-backups';
import { messageOf } from '../../platform/errors';
import { parsePublicKey } from '../../formats/manifests/public-key';
import type { Installation } from '../installation';
import { record } from '../record';
import { takeClaim } from '../vaults/claim-vault';

/** By vault: what was adopted, or why it could not be looked at. */
export type Adoptions = Record<string, (Adoption & { claimTaken?: true }) | { failed: string }>;

/**
 * Takes over the backups of another installation in the vaults of this one, and its claim on those that may be written to: it is
 * gone. One vault that cannot be looked at stops no other.
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
      const store = installation.openVaultStore(vault);
      const adoption: Adoptions[string] = await adoptBackups({
        from,
        trustedKey,
        dryRun: terms.dryRun,
        vault: store,
        vaultName: name,
        vaultNames,
        state: state.store,
        schedules,
      });
      if (!terms.dryRun && (await takeClaim(installation, vault, from))) adoption.claimTaken = true;
      done[name] = adoption;
    } catch (error) {
      done[name] = { failed: messageOf(error) };
    }
  }
  if (!terms.dryRun) await record(installation, { action: 'adopt', what: 'installation', name: from });
  return done;
}
