import * as v from 'valibot';
import { isKind, LifeboatError, messageOf } from '../errors';
import type { ObjectHead, ObjectStore } from '../store/port';
import { backupKeys, DELETIONS, deletionKeys, directoryName } from './layout';

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
  | { state: 'deleted' }
  | /** WORM keeps it; tried again by the next `continueDeletions`. */ { state: 'immutable'; reason: string }
  | /** Another backup of the name was written since; it is left alone. */ { state: 'replaced' }
);

export interface DeletionOptions {
  /** Only when a person asked for it: a restore that is reading the backup loses it. */
  immediately?: boolean;
  /** For the mark: the API call, the rule. Holds no secret. */
  reason?: string;
}

/**
 * Deletes a backup, or takes up a deletion where it stopped: the marks under `metadata/lifeboat/deletions/` say how far it
 * came. `velero-backup.json` goes first, the content at least 25 hours later by OSS's clock, the marks last.
 * @throws LifeboatError `not-found` when there is neither a backup nor a deletion of the name
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
    await request(vault, name, options.reason);
  }
  return takeUp(vault, name, options.immediately ?? false);
}

/** Takes up every deletion of the vault; one that fails with an error is reported through `failed` and stops no other. */
export async function* continueDeletions(
  vault: ObjectStore,
  failed: (backup: string, error: unknown) => void,
): AsyncGenerator<Deletion, void> {
  for await (const page of vault.list(DELETIONS, { delimiter: '/' })) {
    for (const prefix of page.prefixes) {
      const name = directoryName(prefix);
      try {
        yield await sweep(vault, name);
      } catch (error) {
        failed(name, error);
      }
    }
  }
}

/** Never begins a deletion: what nobody requests stays. */
async function sweep(vault: ObjectStore, name: string): Promise<Deletion> {
  if (await vault.head(deletionKeys(name).requested)) return takeUp(vault, name, false);
  await deleteMarks(vault, name);
  return { backup: name, state: 'deleted' };
}

async function takeUp(vault: ObjectStore, name: string, immediately: boolean): Promise<Deletion> {
  const { hidden } = deletionKeys(name);
  try {
    let since = await vault.head(hidden);
    if (!since) {
      if ((await deleteManifest(vault, name)) === 'replaced') return { backup: name, state: 'replaced' };
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
    if (isKind(error, 'denied')) return { backup: name, state: 'immutable', reason: messageOf(error) };
    throw error;
  }
}

/** What `requested.json` holds: which backup of the name it is that goes. */
const deletionRequest = v.object({
  kind: v.literal('Deletion'),
  backup: v.string(),
  reason: v.optional(v.string()),
  /** Absent when there was none. */
  manifest: v.optional(v.object({ size: v.number(), crc64: v.optional(v.string()) })),
});

async function request(vault: ObjectStore, name: string, reason: string | undefined): Promise<void> {
  const { directory, manifest } = backupKeys(name);
  const head = await vault.head(manifest);
  if (!head && !(await hasObjects(vault, directory))) {
    throw new LifeboatError('not-found', `there is no backup ${name} in ${vault.name}`, {
      hint: 'list the backups of the vault to see which there are',
    });
  }
  const body: v.InferInput<typeof deletionRequest> = {
    kind: 'Deletion',
    backup: name,
    ...(reason === undefined ? {} : { reason }),
    ...(head ? { manifest: { size: head.size, crc64: head.crc64 } } : {}),
  };
  await vault.create(deletionKeys(name).requested, Buffer.from(JSON.stringify(body)), { exclusive: false });
}

/**
 * The manifest that the request names, or one that a frozen attempt brought back. Other bytes are another backup of the
 * name: the deletion is over.
 */
async function deleteManifest(vault: ObjectStore, name: string): Promise<'gone' | 'replaced'> {
  const { manifest } = backupKeys(name);
  const head = await vault.head(manifest);
  if (!head) return 'gone';
  if (await isRequested(vault, name, head)) {
    await vault.delete([manifest]);
    return 'gone';
  }
  await deleteMarks(vault, name);
  return 'replaced';
}

async function isRequested(vault: ObjectStore, name: string, head: ObjectHead): Promise<boolean> {
  const { requested } = deletionKeys(name);
  const { body } = await vault.get(requested);
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    json = undefined;
  }
  const parsed = v.safeParse(deletionRequest, json);
  if (!parsed.success) {
    throw new LifeboatError('corrupt', `${vault.name}${requested} is not a deletion's mark`, {
      hint: 'delete it to give the deletion up, and request the deletion again',
    });
  }
  const { manifest } = parsed.output;
  return manifest?.size === head.size && manifest.crc64 === head.crc64;
}

/** @param last false for an immediate deletion, whose marks stay to stop attempts that are frozen still */
async function deleteContent(
  vault: ObjectStore,
  name: string,
  hidden: ObjectHead,
  last: boolean,
): Promise<Deletion> {
  if ((await deleteManifest(vault, name)) === 'replaced') return { backup: name, state: 'replaced' };
  const { directory } = backupKeys(name);
  const until = hidden.lastModified.getTime() + WRITERS_GONE_MS;
  let younger = false;
  for await (const page of vault.list(directory)) {
    const old = page.objects.filter(({ lastModified }) => lastModified.getTime() <= until);
    if (old.length < page.objects.length) younger = true;
    if (old.length > 0) await vault.delete(old.map(({ key }) => key));
  }
  for await (const { key, id, initiated } of vault.uploads(directory)) {
    if (initiated.getTime() <= until) await vault.resumeUpload(key, id).abort();
  }
  if (last) await deleteMarks(vault, name);
  return { backup: name, state: younger ? 'replaced' : 'deleted' };
}

/**
 * The request goes last, so that no mark is left alone. In a WORM bucket the marks outlive the content for a while, and do
 * no harm.
 */
async function deleteMarks(vault: ObjectStore, name: string): Promise<void> {
  const { requested, hidden } = deletionKeys(name);
  try {
    await vault.delete([hidden]);
    await vault.delete([requested]);
  } catch (error) {
    if (!isKind(error, 'denied')) throw error;
  }
}

async function hasObjects(vault: ObjectStore, directory: string): Promise<boolean> {
  for await (const page of vault.list(directory, { pageSize: 1 })) if (page.objects.length > 0) return true;
  return false;
}
