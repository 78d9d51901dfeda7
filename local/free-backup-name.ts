import type { Installation } from '../shared/app/installation';
import { runNames } from '../shared/formats/state/run/runs';
import { listBackups } from '../shared/formats/vault/backups';

/** Returns the first of `<prefix>-1`, `<prefix>-2`, … that no backup had here and none has in the vault: a name is used once. */
export async function freeBackupName(
  installation: Installation,
  vault: string,
  prefix: string,
): Promise<string> {
  const taken = new Set(await runNames(installation.state.store, 'backups'));
  for await (const { backups } of listBackups(await installation.openVault(vault))) {
    for (const { name } of backups) taken.add(name);
  }
  let number = 1;
  while (taken.has(`${prefix}-${number}`)) number++;
  return `${prefix}-${number}`;
}
