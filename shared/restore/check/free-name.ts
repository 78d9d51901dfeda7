import { LifeboatError } from '../../errors';
import type { ObjectStore } from '../../store/port';
import { restoreKeys } from '../../vault/layout';

/**
 * Refuses a name under which the vault holds the results of a restore already, another installation's or Velero's: reports
 * are written once, so that what this one did would be told nowhere. For a run's first attempt; a later one may find its own.
 * @throws LifeboatError `conflict`
 */
export async function assertFreeName(vault: ObjectStore, name: string): Promise<void> {
  if ((await vault.head(restoreKeys(name).results)) === undefined) return;
  throw new LifeboatError('conflict', `vault ${vault.name} holds a restore named ${name} already`, {
    hint: 'request the restore again under another name',
  });
}
