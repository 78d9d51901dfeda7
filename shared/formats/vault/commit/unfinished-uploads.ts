import { isKind, messageOf } from '../../../platform/errors';
import type { ObjectStore, PendingUpload, Upload } from '../../../platform/oss/port';
import { startedUploads } from './started-upload';

/**
 * Told where unfinished uploads may not be seen or aborted, as by ACK's policy templates, which allow neither. Nothing fails
 * for that: a lifecycle rule of the bucket removes what stays behind.
 */
export type UploadsLeft = (reason: string) => void;

/**
 * Aborts the unfinished uploads under a prefix that are lost; answers with the keys of those that are gone. With `failed` one
 * that cannot be aborted now stops no other.
 */
export async function abortUploads(
  vault: ObjectStore,
  prefix: string,
  lost: (upload: PendingUpload) => boolean | Promise<boolean>,
  left: UploadsLeft,
  failed?: (upload: PendingUpload, error: unknown) => void,
): Promise<string[]> {
  const aborted: string[] = [];
  try {
    for await (const upload of vault.uploads(prefix)) {
      if (!(await lost(upload))) continue;
      try {
        await vault.resumeUpload(upload.key, upload.id).abort();
        aborted.push(upload.key);
      } catch (error) {
        if (!failed || isKind(error, 'denied')) throw error;
        failed(upload, error);
      }
    }
  } catch (error) {
    if (!isKind(error, 'denied')) throw error;
    left(reasonOf(error));
  }
  return aborted;
}

/** Aborts the uploads that the attempts of a run have begun, below a prefix of the vault. @param run bound to its folder */
export async function abortStartedUploads(
  vault: ObjectStore,
  prefix: string,
  run: ObjectStore,
  left: UploadsLeft,
): Promise<void> {
  const started = await startedUploads(run);
  if (started.size === 0) return;
  await abortUploads(vault, prefix, ({ id }) => started.has(id), left);
}

/** Aborts one upload that is known. */
export async function abortUpload(upload: Pick<Upload, 'abort'>, left: UploadsLeft): Promise<void> {
  try {
    await upload.abort();
  } catch (error) {
    if (!isKind(error, 'denied')) throw error;
    left(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  return `unfinished uploads are left to a lifecycle rule of the bucket: ${messageOf(error)}`;
}
