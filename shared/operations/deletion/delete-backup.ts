import { longestFunction, noFunctionLeft } from '../../platform/longest-function';
import { LifeboatError, messageOf } from '../../platform/errors';
import { askForCleanup } from '../../formats/state/run/snapshot-cleanup';
import { hasMark } from '../../formats/state/backup-marks';
import {
  beginDeletion,
  deletionAt,
  type DeletionPlace,
  type DeletionRequest,
  endDeletion,
  findDeletion,
  hiddenSince,
  markHidden,
  pauseDeletion,
  type PendingDeletion,
  placeDeletion,
  removeLeftovers,
} from '../../formats/state/deletions';
import type { ObjectHead, ObjectStore } from '../../platform/oss/port';
import { hasCode } from '../../platform/oss/store-error';
import { abortUploads } from '../../formats/vault/commit/unfinished-uploads';
import { backupKeys } from '../../formats/vault/layout';

/** No function lives longer than a day; after this long nobody reads a backup whose manifest is gone, and nobody writes it. */
export const contentDelayMs = noFunctionLeft;
/** Objects this much younger than the manifest's deletion are not the deleted backup's. */
const writersGoneMs = longestFunction;

/** Where a deletion is decided and carried out. */
export interface DeletionWork {
  vault: ObjectStore;
  /** Registered name. */
  vaultName: string;
  /** Of the whole installation. */
  state: ObjectStore;
}

/** How far a deletion is. */
export type Deletion = { backup: string } & (
  | /** Not visible any more; the content goes when nobody can be reading it. */ {
      state: 'hidden';
      contentAfter: Date;
    }
  | {
      state: 'deleted';
      /** Why unfinished uploads of it may be there still. */
      uploadsLeft?: string;
    }
  | /** WORM keeps it; tried again by the next `continueDeletions`. */ { state: 'immutable'; reason: string }
  | /** Another backup of the name was written since; it is left alone. */ { state: 'replaced' }
  | /** Given up before anything was deleted. */ { state: 'kept'; reason: string }
  | /** Not visible any more, and its content stays while it is under legal hold. */ {
      state: 'held';
      reason: string;
    }
);

/** Why a deletion that is still without effect must not go on; undefined when it may. */
export type KeepAfterAll = (backup: string, by: DeletionRequest['by']) => Promise<string | undefined>;

export interface CarryOutOptions {
  /** It was decided a moment ago, so nothing of it can be done yet. */
  decidedNow?: boolean;
  /** Only when a person asked for it: a restore that is reading the backup loses it. */
  immediately?: boolean;
  /**
   * Asked before anything is deleted. Whoever begins to use the backup writes that down first and then looks for the
   * decision, so that one of the two sees the other.
   */
  keep?: KeepAfterAll;
}

export interface SweepOptions {
  keep?: KeepAfterAll;
  /** Deletions that are not looked at now. */
  skip?(backup: string): boolean;
}

/** Why a deletion stands still that a person stopped. */
export const underLegalHold = 'under legal hold';

/** Who decides on a deletion, and what is known about the backup. */
export type NewDeletion = Omit<DeletionRequest, 'manifest'> & {
  /** Of the manifest that was judged; another one is not deleted. */
  etag?: string;
  /** As for `placeDeletion`. */
  nothingLeft?: boolean;
};

/**
 * Decides that a backup is to go, and deletes nothing. The decision lies in the state; nothing in a vault is one. False when
 * it was decided before.
 * @throws LifeboatError `not-found` when there is nothing of the backup; `conflict` when its manifest has another ETag
 */
export async function requestDeletion(
  { vault, vaultName, state }: DeletionWork,
  name: string,
  { etag, nothingLeft, ...request }: NewDeletion,
): Promise<boolean> {
  const place = { vault: vaultName, backup: name };
  if (await findDeletion(state, place)) return false;
  const { directory, manifest } = backupKeys(name);
  const head = await vault.head(manifest);
  if (!head && !(await hasObjects(vault, directory))) {
    throw new LifeboatError('not-found', `there is no backup ${name} in ${vault.name}`, {
      hint: 'list the backups of the vault to see which there are',
    });
  }
  if (etag !== undefined && head?.etag !== etag) {
    throw new LifeboatError('conflict', `${vault.name}${manifest} has changed since it was judged`);
  }
  const decision = { ...request, ...(head && { manifest: { size: head.size, crc64: head.crc64 } }) };
  return placeDeletion(state, place, decision, nothingLeft);
}

/**
 * Carries a deletion on that was decided, from where it stopped. `velero-backup.json` goes first, the content at least 25
 * hours later by OSS's clock. A legal hold stops both.
 */
export async function carryOutDeletion(
  work: DeletionWork,
  name: string,
  { immediately = false, decidedNow = false, keep }: CarryOutOptions = {},
): Promise<Deletion> {
  const { state } = work;
  const place = { vault: work.vaultName, backup: name };
  const known = decidedNow ? undefined : await deletionAt(state, place);
  try {
    let hidden = known?.hiddenSince && { since: known.hiddenSince, now: known.seenAt };
    if (!hidden) {
      const before = await hide(work, place, keep);
      if (before.state !== 'gone') return { backup: name, ...before };
      hidden = await markHidden(state, place);
    } else if (!known?.requested) {
      await endDeletion(state, place);
      return { backup: name, state: 'replaced' };
    }
    const { since, now } = hidden;
    const contentAfter = contentDue(since);
    const due = now.getTime() >= contentAfter.getTime();
    if (!due && !immediately) return { backup: name, state: 'hidden', contentAfter };
    return await deleteContent(work, place, since, due);
  } catch (error) {
    if (!isImmutable(error)) throw error;
    if (!(await hiddenSince(state, place))) await pauseDeletion(state, place);
    return { backup: name, state: 'immutable', reason: messageOf(error) };
  }
}

function contentDue(hiddenSince: Date): Date {
  return new Date(hiddenSince.getTime() + contentDelayMs);
}

/**
 * Carries the deletions of the vault on that were decided (`pendingDeletions`). One whose content is not due yet costs no
 * request. One that fails with an error is reported through `failed` and stops no other.
 */
export async function* continueDeletions(
  work: DeletionWork,
  pending: Iterable<PendingDeletion>,
  failed: (backup: string, error: unknown) => void,
  { keep, skip }: SweepOptions = {},
): AsyncGenerator<Deletion, void> {
  for (const { backup, requested, hiddenSince: since, seenAt } of pending) {
    if (skip?.(backup)) continue;
    if (requested && since && seenAt.getTime() < contentDue(since).getTime()) {
      yield { backup, state: 'hidden', contentAfter: contentDue(since) };
      continue;
    }
    try {
      if (requested) yield await carryOutDeletion(work, backup, { keep });
      else await removeLeftovers(work.state, { vault: work.vaultName, backup });
    } catch (error) {
      failed(backup, error);
    }
  }
}

/** Deletes the manifest that was decided on. Other bytes are another backup of the name: the deletion is over. */
async function hide(
  { vault, state }: DeletionWork,
  place: DeletionPlace,
  keep?: KeepAfterAll,
): Promise<{ state: 'gone' } | { state: 'replaced' } | { state: 'kept'; reason: string }> {
  const request = await beginDeletion(state, place);
  if (!request) {
    await endDeletion(state, place);
    return { state: 'kept', reason: 'its deletion was taken back' };
  }
  const { manifest } = backupKeys(place.backup);
  const head = await vault.head(manifest);
  if (head && !isDecidedOn(request, head)) {
    await endDeletion(state, place);
    return { state: 'replaced' };
  }
  const held = await hasMark(state, 'holds', place);
  const reason = held ? underLegalHold : head && (await keep?.(place.backup, request.by));
  if (reason !== undefined) {
    await endDeletion(state, place);
    return { state: 'kept', reason };
  }
  if (head) await vault.delete([manifest]);
  return { state: 'gone' };
}

/** @param last false for an immediate deletion, whose decision stays to stop attempts that are frozen still */
async function deleteContent(
  { vault, state }: DeletionWork,
  place: DeletionPlace,
  since: Date,
  last: boolean,
): Promise<Deletion> {
  const { backup } = place;
  const { directory, manifest } = backupKeys(backup);
  const held = async () => hasMark(state, 'holds', place);
  const head = await vault.head(manifest);
  if (head) {
    const request = await findDeletion(state, place);
    if (!request || !isDecidedOn(request, head)) {
      await endDeletion(state, place);
      return { backup, state: 'replaced' };
    }
    if (await held()) return { backup, state: 'held', reason: underLegalHold };
    // One that a frozen attempt brought back goes again.
    await vault.delete([manifest]);
  }
  const until = since.getTime() + writersGoneMs;
  let younger = false;
  for await (const page of vault.list(directory)) {
    const old = page.objects.filter(({ lastModified }) => lastModified.getTime() <= until);
    if (old.length < page.objects.length) younger = true;
    if (await held()) return { backup, state: 'held', reason: underLegalHold };
    if (old.length > 0) await vault.delete(old.map(({ key }) => key));
  }
  let uploadsLeft: string | undefined;
  await abortUploads(
    vault,
    directory,
    ({ initiated }) => initiated.getTime() <= until,
    (reason) => {
      uploadsLeft = reason;
    },
  );
  await askForCleanup(state, backup);
  if (last) await endDeletion(state, place);
  if (younger) return { backup, state: 'replaced' };
  return { backup, state: 'deleted', ...(uploadsLeft !== undefined && { uploadsLeft }) };
}

/** True when the manifest is the one that was decided on, and not another backup's of the name. */
function isDecidedOn({ manifest }: DeletionRequest, head: ObjectHead): boolean {
  return manifest?.size === head.size && manifest.crc64 === head.crc64;
}

/** True when WORM refused: the same will be allowed when its time is over. */
export function isImmutable(error: unknown): boolean {
  return hasCode(error, 'FileImmutable');
}

async function hasObjects(vault: ObjectStore, directory: string): Promise<boolean> {
  for await (const page of vault.list(directory, { pageSize: 1 })) if (page.objects.length > 0) return true;
  return false;
}
