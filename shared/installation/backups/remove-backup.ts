import { LifeboatError } from '../../errors';
import { type Deletion, deleteBackup, requestDeletion } from '../../vault/delete/delete-backup';
import type { Installation } from '../installation';
import { type BackupPlace, holdReason } from './mark-backup';
import { record } from '../record';

/**
 * Deletes a backup because a person asks for it, whatever the rules say. Throws `not-found`, and `conflict` when it is under
 * legal hold.
 * @param options `immediately`: the content too, also under a restore that reads it
 */
export async function removeBackup(
  installation: Installation,
  place: BackupPlace,
  options: { immediately?: boolean },
): Promise<Deletion> {
  const { vault: name, backup } = place;
  const vault = await installation.openVault(name);
  refuse(backup, await holdReason(installation, place));
  const deletion = await deleteBackup(vault, backup, {
    immediately: options.immediately,
    reason: 'asked for by a person',
    by: 'person',
    keep: () => holdReason(installation, place),
  });
  if (deletion.state === 'kept') refuse(backup, deletion.reason);
  await record(installation, { action: 'delete', what: 'backup', name: `${name}/${backup}` });
  return deletion;
}

/**
 * As `removeBackup`, for those who may not delete in a vault: retention takes it up at its next pass, unless the backup was
 * put under legal hold meanwhile.
 */
export async function requestRemoval(installation: Installation, place: BackupPlace): Promise<void> {
  const { vault: name, backup } = place;
  refuse(backup, await holdReason(installation, place));
  const vault = await installation.openVault(name);
  await requestDeletion(vault, backup, { by: 'person', reason: 'asked for by a person' });
  await record(installation, { action: 'delete', what: 'backup', name: `${name}/${backup}` });
}

function refuse(backup: string, hold: string | undefined): void {
  if (hold === undefined) return;
  throw new LifeboatError('conflict', `backup "${backup}" is under legal hold: ${hold}`, {
    hint: `end the hold first with \`lifeboat backup release ${backup}\``,
  });
}
