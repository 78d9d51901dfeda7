import { LifeboatError } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import { findDeletion, isBeingDeleted, takeBackDeletion } from '../../formats/state/deletions';
import {
  carryOutDeletion,
  type Deletion,
  type DeletionWork,
  requestDeletion,
} from '../../operations/deletion/delete-backup';
import type { Installation } from '../installation';
import { record } from '../record';
import { assertWritable } from '../vaults/writable-vault';
import { type BackupPlace, holdReason } from './mark-backup';

/**
 * Deletes a backup because a person asks for it, whatever the rules say, or carries on with a deletion that is under way.
 * Throws `not-found`, `invalid` for a read-only vault, and `conflict` when the backup is under legal hold.
 * @param options `immediately`: the content too, also under a restore that reads it
 */
export async function removeBackup(
  installation: Installation,
  place: BackupPlace,
  options: { immediately?: boolean },
): Promise<Deletion> {
  const work = await decide(installation, place);
  const deletion = await carryOutDeletion(work, place.backup, options);
  if (deletion.state === 'kept') refuse(place.backup, await holdReason(installation, place));
  return deletion;
}

/**
 * Decides as `removeBackup` does, and deletes nothing, for those who may not delete in a vault: retention carries it out at its
 * next pass, unless the backup was put under legal hold or the decision was taken back meanwhile.
 */
export async function requestRemoval(installation: Installation, place: BackupPlace): Promise<void> {
  await decide(installation, place);
}

/**
 * Takes the decision to delete a backup back. Throws `not-found` when there is none, and `conflict` when the backup is being
 * deleted already or a rule decided it.
 */
export async function takeBackRemoval(installation: Installation, place: BackupPlace): Promise<void> {
  const { vault, backup } = place;
  const { store } = installation.state;
  const request = await findDeletion(store, place);
  if (request?.by === 'retention')
    throw new LifeboatError('conflict', `a retention rule decided to delete backup "${backup}"`, {
      hint: `keep it with \`lifeboat backup hold ${backup} --reason …\``,
    });
  const outcome = request ? await takeBackDeletion(store, place) : 'none';
  if (outcome === 'none')
    throw new LifeboatError('not-found', `no deletion of backup "${backup}" in vault "${vault}" is pending`);
  if (outcome === 'begun')
    throw new LifeboatError(
      'conflict',
      `backup "${backup}" is being deleted: it is too late to take that back`,
      {
        hint: `its content stays for 25 hours; \`lifeboat backup hold ${backup} --vault ${vault} --reason …\` keeps it longer`,
      },
    );
  await record(installation, { action: 'undelete', what: 'backup', name: `${vault}/${backup}` });
}

/** Writes the decision and who made it down. A decision that the vault cannot follow would only hide the backup, so none is made. */
async function decide(installation: Installation, place: BackupPlace): Promise<DeletionWork> {
  const { vault: vaultName, backup } = place;
  const { state, holder, clock } = installation;
  assertWritable(await state.vaults.get(vaultName), 'no backup is deleted from it');
  const work = { vault: await installation.openVault(vaultName), vaultName, state: state.store };
  refuse(backup, await holdReason(installation, place));
  if (await isBeingDeleted(state.store, place)) return work;
  const requested = await requestDeletion(work, backup, {
    by: 'person',
    who: holder,
    at: instant(clock.now()),
  });
  if (requested)
    await record(installation, { action: 'delete', what: 'backup', name: `${vaultName}/${backup}` });
  return work;
}

function refuse(backup: string, hold: string | undefined): void {
  if (hold === undefined) return;
  throw new LifeboatError('conflict', `backup "${backup}" is under legal hold: ${hold}`, {
    hint: `end the hold first with \`lifeboat backup release ${backup}\``,
  });
}
