import { isKind, LifeboatError } from '../shared/platform/errors';
import type { Installation } from '../shared/app/installation';
import type { Vault } from '../shared/formats/manifests/vault';
import type { ObjectStore } from '../shared/platform/oss/port';
import { backupKeys } from '../shared/formats/vault/layout';

/** A vault that can be read. */
export interface OpenedVault {
  name: string;
  store: ObjectStore;
}

/** The vault of that name, or the only one there is. Throws `not-found`, or `invalid` when there are several to choose from. */
export async function chosenVault(
  installation: Installation,
  name: string | undefined,
): Promise<OpenedVault> {
  const vaults = await someVaults(installation, name);
  if (vaults.length === 1) return vaults[0]!;
  throw new LifeboatError('invalid', `there are ${vaults.length} vaults`, {
    hint: `choose one with --vault: ${vaults.map((vault) => vault.name).join(', ')}`,
  });
}

/** The cluster of that name, or the only one there is. */
export async function chosenCluster(installation: Installation, name: string | undefined): Promise<string> {
  if (name !== undefined) return (await installation.state.clusters.get(name)).metadata.name;
  const { items } = await installation.state.clusters.list();
  if (items.length === 1) return items[0]!.metadata.name;
  if (items.length === 0) {
    throw new LifeboatError('not-found', 'there is no cluster yet', {
      hint: 'add one with `lifeboat cluster add`',
    });
  }
  throw new LifeboatError('invalid', `there are ${items.length} clusters`, {
    hint: `choose one with --cluster: ${items.map(({ metadata }) => metadata.name).join(', ')}`,
  });
}

/** The vault of that name, or all of them; throws `not-found` when there is none. */
export async function someVaults(
  installation: Installation,
  name: string | undefined,
): Promise<OpenedVault[]> {
  const { vaults } = installation.state;
  const manifests: Vault[] = name === undefined ? (await vaults.list()).items : [await vaults.get(name)];
  if (manifests.length === 0) {
    throw new LifeboatError('not-found', 'there is no vault yet', {
      hint: 'add one with `lifeboat vault add`',
    });
  }
  return manifests.map((vault) => ({ name: vault.metadata.name, store: installation.openVaultStore(vault) }));
}

/** The vault that holds a backup; looks where its run put it, then in the vault named or in all. Throws `not-found`. */
export async function vaultOfBackup(
  installation: Installation,
  backup: string,
  vaultName: string | undefined,
): Promise<OpenedVault> {
  const { manifest } = backupKeys(backup);
  const vaults = await someVaults(installation, vaultName);
  for (const vault of vaults) if (await vault.store.head(manifest)) return vault;
  const { findRun } = await import('../shared/formats/state/run/runs');
  const run = await findRun(installation.state.store, { kind: 'backups', name: backup }).catch(
    () => undefined,
  );
  if (run && !run.result) {
    throw new LifeboatError('not-found', `backup "${backup}" is not finished: ${run.phase}`, {
      hint: `look again with \`lifeboat backup get ${backup}\``,
    });
  }
  if (run?.result?.phase === 'Failed') {
    throw new LifeboatError(
      'not-found',
      `backup "${backup}" failed and is in no vault: ${run.result.reason ?? ''}`,
      {
        hint: 'mend the cause and make a new backup under another name',
      },
    );
  }
  const where = vaultName === undefined ? 'in any vault' : `in vault "${vaultName}"`;
  throw new LifeboatError('not-found', `there is no backup "${backup}" ${where}`, {
    hint: 'see what there is with `lifeboat backup get`',
  });
}

/**
 * The vault of a backup that is to be deleted. Also one whose deletion is under way, and, in a vault that is named, what is
 * left of one without a manifest. Throws `not-found` as `vaultOfBackup` does, and for one that is still being written.
 */
export async function vaultOfDeletion(
  installation: Installation,
  backup: string,
  vaultName: string | undefined,
): Promise<OpenedVault> {
  const { isBeingDeleted } = await import('../shared/formats/state/deletions');
  for (const vault of await someVaults(installation, vaultName))
    if (await isBeingDeleted(installation.state.store, { vault: vault.name, backup })) return vault;
  try {
    return await vaultOfBackup(installation, backup, vaultName);
  } catch (error) {
    if (vaultName === undefined || !isKind(error, 'not-found') || (await isUnderWay(installation, backup)))
      throw error;
    const [vault] = await someVaults(installation, vaultName);
    const { directory } = backupKeys(backup);
    for await (const page of vault!.store.list(directory, { pageSize: 1 }))
      if (page.objects.length > 0) return vault!;
    throw error;
  }
}

async function isUnderWay(installation: Installation, backup: string): Promise<boolean> {
  const { openRuns } = await import('../shared/formats/state/run/open-runs');
  for await (const { name } of openRuns(installation.state.store, 'backups'))
    if (name === backup) return true;
  return false;
}
