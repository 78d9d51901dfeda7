import { messageOf } from '../../platform/errors';
import type { Replication } from '../../formats/manifests/replication';
import { type Replicated, replicateVault } from '../../operations/replication/replicate-vault';
import { surveyBackups } from '../../operations/replication/vault-backups';
import { clusterUids } from '../clusters/cluster-uids';
import { type Installation, runContext } from '../installation';

/** By vault: what its rules did, or why it could not be looked at. */
export type VaultReplications = Record<string, Replicated[] | { failed: string }>;

/**
 * Does what the replication rules ask for, from what lies in the vaults alone; without events too. Costs one listing where
 * there is no rule; else for each vault of a rule its listing, and a few requests for each rule and target.
 * @param vaultName only the rules of this vault
 */
export async function replicateVaults(
  installation: Installation,
  vaultName?: string,
): Promise<VaultReplications> {
  const { state, log } = installation;
  const { items: rules, unreadable } = await state.replications.list();
  for (const { name, reason } of unreadable) {
    log.error(`Replication ${name} was passed over`, { name, error: reason });
  }
  const vaults = new Set(
    rules
      .filter(({ spec }) => !spec.paused)
      .map(({ spec }) => spec.source.vault)
      .filter((name) => vaultName === undefined || name === vaultName),
  );
  const done: VaultReplications = {};
  for (const name of vaults) {
    try {
      done[name] = await replicateOne(installation, rules, name);
    } catch (error) {
      done[name] = { failed: messageOf(error) };
      log.error(`The replications of vault ${name} could not be looked at`, {
        name,
        error: messageOf(error),
      });
    }
  }
  return done;
}

async function replicateOne(
  installation: Installation,
  rules: readonly Replication[],
  vaultName: string,
): Promise<Replicated[]> {
  const { state, log } = installation;
  const vault = await installation.openVault(vaultName);
  const { backups, failed } = await surveyBackups({ vaultName, vault, state: state.store });
  for (const { name, reason } of failed) {
    log.warn(`Backup ${name} could not be looked at`, { name, error: reason });
  }
  const uids = await clusterUids(installation);
  return replicateVault({ context: runContext(installation), rules, vaultName, backups, uids });
}
