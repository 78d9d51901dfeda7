import { LifeboatError, messageOf } from '../../errors';
import type { ObjectHead, ObjectStore } from '../../store/port';
import {
  deleteMarks,
  type DeletionRequest,
  isImmutable,
  isRequested,
  markRequested,
  readRequested,
} from './deletion-marks';
import { backupKeys, DELETIONS, deletionKeys, directoryName } from '../layout';
import { abortUploads } from '../commit/unfinished-uploads';

/** No function lives longer than a day; after this long nobody reads a backup whose manifest is gone, and nobody writes it. */
export const CONTENT_DELAY_MS = 25 * 3_600_000;
/** Objects this much younger than the manifest's deletion are not the deleted backup's. */
const WRITERS_GONE_MS = 24 * 3_600_000;

/** How far a deletion is. */
export type Deletion = { backup: string } & (
  | /** Not visible any more; the content goes when nobody can be reading it. */ {
      state: 'hidden';
      contentAfter: Date;
    }
  | /** `marksLocked`: WORM keeps the marks of the deletion for a while. */ {
      state: 'deleted';
      marksLocked?: boolean;
      /** Why unfinished uploads of it may be there still. */
      uploadsLeft?: string;
    }
  | /** WORM keeps it; tried again by the next `continueDeletions`. */ { state: 'immutable'; reason: string }
  | /** Another backup of the name was written since; it is left alone. */ { state: 'replaced' }
  | /** Given up before anything was deleted. */ { state: 'kept'; reason: string }
);

/** Why a deletion that is still without effect must not go on; undefined when it may. */
export type KeepAfterAll = (backup: string, by: DeletionRequest['by']) => Promise<string | undefined>;

export interface DeletionOptions {
  /** Only when a person asked for it: a restore that is reading the backup loses it. */
  immediately?: boolean;
  /** For the mark: the API call, the rule. Holds no secret. */
  reason?: string;
  /** Default `person`. */
  by?: DeletionRequest['by'];
  /** ETag of the manifest that was judged; another one is not deleted. */
  etag?: string;
  /**
   * Asked once the request is written and before anything is deleted: whoever begins to use the backup writes that down
   * first and then looks for the request, so that one of the two sees the other.
   */
  keep?: KeepAfterAll;
}

export interface SweepOptions {
  keep?: KeepAfterAll;
  /** Deletions that are not looked at now. */
  skip?(backup: string): boolean;
}

/**
 * Deletes a backup, or takes up a deletion where it stopped: the marks under `metadata/lifeboat/deletions/` say how far it
 * came. `velero-backup.json` goes first, the content at least 25 hours later by OSS's clock, the marks last.
 * @throws LifeboatError `not-found` when there is neither a backup nor a deletion of the name; `conflict` when its
 * manifest is not the one with `etag`
 */
export async function deleteBackup(
  vault: ObjectStore,
  name: string,
  options: DeletionOptions = {},
): Promise<Deletion> {
  const { requested, hidden } = deletionKeys(name);
  if (!(await vault.head(requested))) {
    // A mark left alone by two sweeps at once: its age is that of an earlier deletion.
    if (await vault.head(hidden)) await vault.delete([hidden]);
    await request(vault, name, options);
  }
  return takeUp(vault, name, options);
}

/**
 * Writes down that a backup is to go, and deletes nothing: for those who may not. Whoever may takes it up
 * (`continueDeletions`).
 * @throws LifeboatError `not-found`; `conflict` while the marks of an earlier deletion of the name are there
 */
export async function requestDeletion(
  vault: ObjectStore,
  name: string,
  options: Pick<DeletionOptions, 'by' | 'reason'>,
): Promise<void> {
  const { requested, hidden } = deletionKeys(name);
  if (await vault.head(requested)) return;
  if (await vault.head(hidden)) {
    throw new LifeboatError('conflict', `an earlier deletion of backup ${name} is not finished yet`, {
      hint: 'ask again in an hour',
    });
  }
  await request(vault, name, options);
}

/** Takes up every deletion of the vault; one that fails with an error is reported through `failed` and stops no other. */
export async function* continueDeletions(
  vault: ObjectStore,
  failed: (backup: string, error: unknown) => void,
  { keep, skip }: SweepOptions = {},
): AsyncGenerator<Deletion, void> {
  for await (const page of vault.list(DELETIONS, { delimiter: '/' })) {
    for (const prefix of page.prefixes) {
      const name = directoryName(prefix);
      if (skip?.(name)) continue;
      try {
        yield await sweep(vault, name, keep);
      } catch (error) {
        failed(name, error);
      }
    }
  }
}

/** Never begins a deletion: what nobody requests stays. */
async function sweep(vault: ObjectStore, name: string, keep?: KeepAfterAll): Promise<Deletion> {
  if (await vault.head(deletionKeys(name).requested)) return takeUp(vault, name, { keep });
  return deleted(name, await deleteMarks(vault, name));
}

async function takeUp(
  vault: ObjectStore,
  name: string,
  { immediately = false, keep }: Pick<DeletionOptions, 'immediately' | 'keep'>,
): Promise<Deletion> {
  const { hidden } = deletionKeys(name);
  try {
    let since = await vault.head(hidden);
    if (!since) {
      const before = await deleteManifest(vault, name, keep);
      if (before.state !== 'gone') return { backup: name, ...before };
      await vault.create(hidden, Buffer.from('{}'), { exclusive: false });
      since = await vault.head(hidden);
      if (!since)
        throw new LifeboatError('unavailable', `${vault.name}${hidden} is not there after it was written`);
    }
    const contentAfter = new Date(since.lastModified.getTime() + CONTENT_DELAY_MS);
    const due = since.date.getTime() >= contentAfter.getTime();
    if (!due && !immediately) return { backup: name, state: 'hidden', contentAfter };
    return await deleteContent(vault, name, since, due);
  } catch (error) {
    if (isImmutable(error)) return { backup: name, state: 'immutable', reason: messageOf(error) };
    throw error;
  }
}

async function request(
  vault: ObjectStore,
  name: string,
  { by = 'person', reason, etag }: DeletionOptions,
): Promise<void> {
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
  await markRequested(vault, { backup: name, by, reason }, head);
}

/**
 * The manifest that the request names, or one that a frozen attempt brought back. Other bytes are another backup of the
 * name: the deletion is over.
 */
async function deleteManifest(
  vault: ObjectStore,
  name: string,
  keep?: KeepAfterAll,
): Promise<{ state: 'gone' } | { state: 'replaced' } | { state: 'kept'; reason: string }> {
  const { manifest } = backupKeys(name);
  const head = await vault.head(manifest);
  if (!head) return { state: 'gone' };
  const requested = await readRequested(vault, name);
  if (!isRequested(requested, head)) {
    await deleteMarks(vault, name);
    return { state: 'replaced' };
  }
  const reason = await keep?.(name, requested.by);
  if (reason !== undefined) {
    await deleteMarks(vault, name);
    return { state: 'kept', reason };
  }
  await vault.delete([manifest]);
  return { state: 'gone' };
}

/** @param last false for an immediate deletion, whose marks stay to stop attempts that are frozen still */
async function deleteContent(
  vault: ObjectStore,
  name: string,
  hidden: ObjectHead,
  last: boolean,
): Promise<Deletion> {
  if ((await deleteManifest(vault, name)).state === 'replaced') return { backup: name, state: 'replaced' };
  const { directory } = backupKeys(name);
  const until = hidden.lastModified.getTime() + WRITERS_GONE_MS;
  let younger = false;
  for await (const page of vault.list(directory)) {
    const old = page.objects.filter(({ lastModified }) => lastModified.getTime() <= until);
    if (old.length < page.objects.length) younger = true;
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
  const unmarked = last ? await deleteMarks(vault, name) : true;
  if (younger) return { backup: name, state: 'replaced' };
  return { ...deleted(name, unmarked), ...(uploadsLeft !== undefined && { uploadsLeft }) };
}

function deleted(backup: string, unmarked: boolean): Deletion {
  return { backup, state: 'deleted', ...(unmarked ? {} : { marksLocked: true }) };
}

async function hasObjects(vault: ObjectStore, directory: string): Promise<boolean> {
  for await (const page of vault.list(directory, { pageSize: 1 })) if (page.objects.length > 0) return true;
  return false;
}
