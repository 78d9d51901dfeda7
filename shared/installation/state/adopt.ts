import { type Adoption, adoptBackups } from '../../adoption/adopt-backups';
import { messageOf } from '../../errors';
import type { Installation } from '../installation';
import { record } from '../record';

/** By vault: what was adopted, or why it could not be looked at. */
export type Adoptions = Record<string, Adoption | { failed: string }>;

/**
 * Takes over the backups of another installation in the vaults of this one. One vault that cannot be looked at stops no other.
 * @param terms `vault`: only there. `trustedKey`: only what it signed
 */
export async function adoptInstallation(
  installation: Installation,
  from: string,
  terms: { vault?: string; trustedKey?: string; dryRun?: boolean } = {},
): Promise<Adoptions> {
  const { state } = installation;
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
        trustedKey: terms.trustedKey,
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
