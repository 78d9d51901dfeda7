import { LifeboatError, messageOf } from '../../errors';
import { hasMark } from '../../state/backup-marks';
import {
  beginDeletion,
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
} from '../../state/deletions';
import type { ObjectHead, ObjectStore } from '../../store/port';
import { hasCode } from '../../store/store-error';
import { abortUploads } from '../commit/unfinished-uploads';
import { backupKeys } from '../layout';

/** No function lives longer than a day; after this long nobody reads a backup whose manifest is gone, and nobody writes it. */
export const CONTENT_DELAY_MS = 25 * 3_600_000;
/** Objects this much younger than the manifest's deletion are not the deleted backup's. */
const WRITERS_GONE_MS = 24 * 3_600_000;

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

const HELD = 'under legal hold';

/**
 * Decides that a backup is to go, and deletes nothing. The decision lies in the state; nothing in a vault is one. False when
 * it was decided before.
 * @param etag of the manifest that was judged; another one is not deleted
 * @throws LifeboatError `not-found` when there is nothing of the backup; `conflict` when its manifest has another ETag
 */
export async function requestDeletion(
  { vault, vaultName, state }: DeletionWork,
  name: string,
  { etag, ...request }: Omit<DeletionRequest, 'manifest'> & { etag?: string },
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
  return placeDeletion(state, place, {
    ...request,
    ...(head && { manifest: { size: head.size, crc64: head.crc64 } }),
  });
}

/**
 * Carries a deletion on that was decided, from where it stopped. `velero-backup.json` goes first, the content at least 25
 * hours later by OSS's clock. A legal hold stops both.
 */
export async function carryOutDeletion(
  work: DeletionWork,
  name: string,
  { immediately = false, keep }: CarryOutOptions = {},
): Promise<Deletion> {
  const { state } = work;
  const place = { vault: work.vaultName, backup: name };
  try {
    let hidden = await hiddenSince(state, place);
    if (!hidden) {
      const before = await hide(work, place, keep);
      if (before.state !== 'gone') return { backup: name, ...before };
      hidden = await markHidden(state, place);
    }
    const { since, now } = hidden;
    const contentAfter = new Date(since.getTime() + CONTENT_DELAY_MS);
    const due = now.getTime() >= contentAfter.getTime();
    if (!due && !immediately) return { backup: name, state: 'hidden', contentAfter };
    return await deleteContent(work, place, since, due);
  } catch (error) {
    if (!isImmutable(error)) throw error;
    if (!(await hiddenSince(state, place))) await pauseDeletion(state, place);
    return { backup: name, state: 'immutable', reason: messageOf(error) };
  }
}

/**
 * Carries the deletions of the vault on that were decided (`pendingDeletions`). One that fails with an error is reported through `failed` and
 * stops no other.
 */
export async function* continueDeletions(
  work: DeletionWork,
  pending: Iterable<PendingDeletion>,
  failed: (backup: string, error: unknown) => void,
  { keep, skip }: SweepOptions = {},
): AsyncGenerator<Deletion, void> {
  for (const { backup, requested } of pending) {
    if (skip?.(backup)) continue;
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
  const begun = await beginDeletion(state, place);
  const request = begun ? await findDeletion(state, place) : undefined;
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
  const reason = held ? HELD : head && (await keep?.(place.backup, request.by));
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
  if (await held()) return { backup, state: 'held', reason: HELD };
  // One that a frozen attempt brought back goes again.
  const head = await vault.head(manifest);
  const request = await findDeletion(state, place);
  if (!request || (head && !isDecidedOn(request, head))) {
    await endDeletion(state, place);
    return { backup, state: 'replaced' };
  }
  if (head) await vault.delete([manifest]);
  const until = since.getTime() + WRITERS_GONE_MS;
  let younger = false;
  for await (const page of vault.list(directory)) {
    const old = page.objects.filter(({ lastModified }) => lastModified.getTime() <= until);
    if (old.length < page.objects.length) younger = true;
    if (old.length === 0) continue;
    if (await held()) return { backup, state: 'held', reason: HELD };
    await vault.delete(old.map(({ key }) => key));
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
