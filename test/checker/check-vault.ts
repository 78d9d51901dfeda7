import { checkBackup } from './check-backup';
import { checkRestore } from './check-restore';
import { type Breach, requireIn } from './rules';
import { type Listable, type VaultView, viewOf } from './vault-view';

const legal = ['backups', 'restores', 'restic', 'metadata', 'plugins', 'kopia'];

/**
 * Reads a vault as Velero does and returns every breach of what it takes for granted; none for a vault it wrote itself.
 * @param vault a directory, a store, or a view
 * @param only one backup, and the first level of the vault; default everything
 */
export async function checkVault(vault: string | Listable | VaultView, only?: string): Promise<Breach[]> {
  const view = viewOf(vault);
  const keys = await view.keys();
  const breaches: Breach[] = [];
  // Loose objects are let be: the server asks for directories alone.
  for (const top of directories(keys, ''))
    requireIn(breaches, `${top}/`)(legal.includes(top), 'legal-directories', top);
  if (only !== undefined) return [...breaches, ...(await checkBackup(view, only, keys))];
  for (const name of directories(keys, 'backups/')) breaches.push(...(await checkBackup(view, name, keys)));
  for (const name of directories(keys, 'restores/')) breaches.push(...(await checkRestore(view, name, keys)));
  return breaches;
}

function directories(keys: readonly string[], below: string): string[] {
  const found = new Set<string>();
  for (const key of keys) {
    const slash = key.startsWith(below) ? key.indexOf('/', below.length) : -1;
    if (slash > 0) found.add(key.slice(below.length, slash));
  }
  return [...found].sort();
}
