import { LifeboatError } from '../platform/errors';
import { isName } from '../platform/input/names';
import { findRun, type Run } from '../formats/state/run/runs';
import type { ObjectStore } from '../platform/oss/port';
import { backupKeys } from '../formats/vault/layout';
import type { Call } from './route';

/** Where a backup is, as far as it is known. */
export interface LocatedBackup {
  name: string;
  vault: string;
  store: ObjectStore;
  /** Whether its manifest lies there, within the caller's reach. */
  stored: boolean;
  /** Where this installation made it, and still knows. */
  run?: Run;
}

/**
 * Looks for a backup where its run put it, else in the vault that is named, else in all. Throws `not-found` also for one
 * that is out of the caller's reach.
 */
export async function locateBackup(
  { installation, reach }: Call,
  name: string,
  vaultName: string | undefined,
): Promise<LocatedBackup> {
  const { state } = installation;
  const run = isName(name) ? await findRun(state.store, { kind: 'backups', name }) : undefined;
  const own = run && (vaultName === undefined || run.request.vault === vaultName) ? run : undefined;
  for (const vault of own ? [own.request.vault] : await vaultNames()) {
    const store = await installation.openVault(vault);
    const present = (await store.head(backupKeys(name).manifest)) !== undefined;
    const stored = present && (await reach.backup(vault, name));
    // A run that has put nothing there is shown for itself.
    if (stored || (own && (await reach.run(own.request))))
      return { name, vault, store, stored, ...(own && { run: own }) };
  }
  throw new LifeboatError(
    'not-found',
    `there is no backup "${name}"${vaultName ? ` in vault "${vaultName}"` : ''}`,
  );

  async function vaultNames(): Promise<string[]> {
    if (vaultName !== undefined) return [(await state.vaults.get(vaultName)).metadata.name];
    return (await state.vaults.list()).items.map(({ metadata }) => metadata.name);
  }
}

/** As `locateBackup`, and throws `not-found` for one that does not lie in its vault. */
export async function storedBackup(
  call: Call,
  name: string,
  vaultName: string | undefined,
): Promise<LocatedBackup> {
  const located = await locateBackup(call, name, vaultName);
  if (located.stored) return located;
  const { run, vault } = located;
  const why = run?.result ? `it is not in vault "${vault}"` : `it is not finished: ${run?.phase}`;
  throw new LifeboatError('not-found', `backup "${name}" cannot be read: ${why}`);
}
