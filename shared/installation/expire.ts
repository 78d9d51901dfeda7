import { messageOf } from '../errors';
import type { Vault } from '../manifests/vault';
import { type ExpiryReport, expireBackups, planExpiry } from '../retention/expire-backups';
import type { Verdict } from '../retention/verdict';
import { openRuns } from '../state/open-runs';
import { findRequest } from '../state/requests';
import type { Installation } from './installation';

/** By vault: what was done, or why it could not be looked at. */
export type ExpiryByVault = Record<string, ExpiryReport | { failed: string }>;

/** Lets the backups go whose time is over, vault by vault; one that cannot be looked at stops no other. */
export async function expireInstallation(installation: Installation): Promise<ExpiryByVault> {
  const { state, log } = installation;
  const { items, unreadable } = await state.vaults.list();
  const done: ExpiryByVault = {};
  for (const { name, reason } of unreadable) done[name] = { failed: reason };
  for (const vault of items) {
    const { name } = vault.metadata;
    try {
      done[name] = await expireBackups(await jobOf(installation, vault));
    } catch (error) {
      done[name] = { failed: messageOf(error) };
      log.error(`Vault ${name} could not be looked at`, { name, error: messageOf(error) });
    }
  }
  return done;
}

/** What the next expiry would delete in a vault, and why it keeps the rest. */
export async function expiryPlan(installation: Installation, vaultName: string): Promise<Verdict[]> {
  return planExpiry(await jobOf(installation, await installation.state.vaults.get(vaultName)));
}

async function jobOf(installation: Installation, vault: Vault) {
  return {
    vault: installation.openVaultStore(vault),
    installation: installation.id,
    inUse: await backupsInUse(installation, vault.metadata.name),
    log: installation.log,
  };
}

async function backupsInUse({ state }: Installation, vault: string): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const run of openRuns(state.store, 'restores')) {
    const request = await findRequest(state.store, run);
    if (request?.kind === 'RestoreRequest' && request.vault === vault) names.add(request.spec.backupName);
  }
  return names;
}
