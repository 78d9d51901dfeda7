import { isKind } from '../../platform/errors';
import { readCommit } from '../../formats/vault/commit/commit-record';
import type { BackupJob } from './job';

/**
 * Whether a committed backup can never be put into its vault: a key of it holds other bytes, its upload is gone, or it was
 * deleted. Every replay would end so, and the run would hold its schedule up for ever. Aborts the upload, of which nobody has
 * use then. False without a commit, for an error that may pass, and for a commit that this version does not understand.
 */
export async function isLostCommit(
  { run, vault, log, request }: Pick<BackupJob, 'run' | 'vault' | 'log' | 'request'>,
  error: unknown,
): Promise<boolean> {
  if (!isKind(error, 'conflict') && !isKind(error, 'corrupt')) return false;
  const commit = await readCommit(run).catch(() => undefined);
  if (!commit) return false;
  const { key, uploadId } = commit.archive;
  const { name } = request.metadata;
  await vault
    .resumeUpload(key, uploadId)
    .abort()
    // A lifecycle rule of the bucket removes it.
    .catch(() => log?.warn(`The upload of backup ${name} could not be aborted`, { name }));
  return true;
}
