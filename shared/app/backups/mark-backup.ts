import { instant } from '../../formats/manifests/instant';
import { markReasonSchema } from '../../formats/manifests/mark-reason';
import { parse } from '../../platform/input/parse';
import {
  type BackupMark,
  hasMark,
  markReason,
  placeMark,
  removeMark,
} from '../../formats/state/backup-marks';
import { hiddenSince, isBeingDeleted } from '../../formats/state/deletions';
import { readBackup } from '../../formats/vault/backup-manifest';
import type { Installation } from '../installation';
import { record } from '../record';

/** A backup by the registered name of its vault and its own. */
export interface BackupPlace {
  vault: string;
  backup: string;
}

export interface Held {
  /** False when it was held before; the first reason stands. */
  held: boolean;
  /** A deletion had been asked for: it is given up, or, where the manifest is gone, goes no further. */
  deleting: boolean;
  /** When a real Velero with write access deletes it all the same: its manifest is never changed. RFC 3339. */
  expiration?: string;
}

/**
 * Puts a backup under legal hold: nothing of ours deletes it until it is released. Of one whose manifest is deleted already it
 * keeps the content. Throws `not-found`, also for one that is deleted at this moment.
 */
export async function holdBackup(
  installation: Installation,
  place: BackupPlace,
  reason: string,
): Promise<Held> {
  const why = parse(markReasonSchema, reason, 'the reason of the hold');
  const vault = await installation.openVault(place.vault);
  // What is hidden has no manifest any more, and a hold keeps its content.
  const hidden = async () => (await hiddenSince(installation.state.store, place)) !== undefined;
  if (!(await hidden())) await readBackup(vault, place.backup);
  const held = await mark(installation, 'holds', place, why);
  // Whoever deletes writes that down first and then looks for holds: one of the two sees the other.
  const deleting = await isBeingDeleted(installation.state.store, place);
  if (await hidden()) return { held, deleting: true };
  const { expiration } = (await readBackup(vault, place.backup)).status;
  return { held, deleting, ...(expiration !== undefined && { expiration }) };
}

/** Ends a legal hold; false when there was none. */
export async function releaseBackup(installation: Installation, place: BackupPlace): Promise<boolean> {
  const released = await removeMark(installation.state.store, 'holds', place);
  if (released) await recordMark(installation, 'release', place);
  return released;
}

/**
 * Says that a suspect backup is right as it is: it fills slots from now on, and later ones are measured against it. False
 * when that was said before. Throws `not-found`.
 */
export async function acceptBackup(
  installation: Installation,
  place: BackupPlace,
  reason?: string,
): Promise<boolean> {
  const why = reason === undefined ? undefined : parse(markReasonSchema, reason, 'the reason');
  await readBackup(await installation.openVault(place.vault), place.backup);
  return mark(installation, 'accepted', place, why);
}

/** Why a backup is under legal hold; undefined when it is not. */
export async function holdReason({ state }: Installation, place: BackupPlace): Promise<string | undefined> {
  if (!(await hasMark(state.store, 'holds', place))) return undefined;
  return (await markReason(state.store, 'holds', place)) ?? 'no reason given';
}

async function mark(
  installation: Installation,
  kind: BackupMark,
  place: BackupPlace,
  reason: string | undefined,
): Promise<boolean> {
  const { state, clock, holder } = installation;
  const placed = await placeMark(state.store, kind, place, {
    ...(reason !== undefined && { reason }),
    by: holder,
    at: instant(clock.now()),
  });
  if (placed) await recordMark(installation, kind === 'holds' ? 'hold' : 'accept', place);
  return placed;
}

async function recordMark(installation: Installation, action: string, place: BackupPlace): Promise<void> {
  await record(installation, { action, what: 'backup', name: `${place.vault}/${place.backup}` });
}
