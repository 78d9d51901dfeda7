import { LifeboatError } from '../../../platform/errors';
import type { Log } from '../../../platform/log/log';
import type { Lease } from '../../state/leases/lease-types';
import type { ObjectStore, Upload, UploadedPart } from '../../../platform/oss/port';
import { commitKey, type CommitRecord, type CommittedFile, readCommit } from './commit-record';
import { backupKeys } from '../layout';
import { proofOf } from '../side-files/object-proof';
import { type CommittedRun, type PlacedBackup, replayCommit } from './replay-commit';
import { sideBySide } from './side-by-side';
import type { SideFile } from '../side-files/side-files';
import { abortUpload } from './unfinished-uploads';

/** A finished attempt: everything uploaded or in memory, nothing visible in the vault yet. */
export interface FinishedAttempt {
  /** Of the backup. */
  name: string;
  vault: ObjectStore;
  /** Bound to `runs/backups/<name>/` of the state. */
  run: ObjectStore;
  lease: Lease;
  isDeleted: CommittedRun['isDeleted'];
  writer?: CommittedRun['writer'];
  archive: {
    /** All parts uploaded, not completed. */
    upload: Upload;
    parts: readonly UploadedPart[];
    size: number;
    /** Decimal CRC-64/XZ. */
    crc64: string;
    sha256: string;
  };
  /** Final bytes of every side file, the catalogue included. */
  sideFiles: readonly SideFile[];
  /** Final bytes of `velero-backup.json`. */
  manifest: Buffer;
  /** Warned of what could not be cleaned up. */
  log?: Pick<Log, 'warn'>;
}

/** Files up to this size lie in the commit itself, which saves a call for each. */
const inlineBytes = 4096;

export interface CommitOutcome {
  /** True where this attempt's bytes are the backup; false where another attempt's are, and they are complete too. */
  won: boolean;
  placed: PlacedBackup;
}

/**
 * Makes a finished attempt the backup, or finds that another one is, and puts whichever it is in place.
 * Safe against a death or a freeze at any point: whoever comes next calls `replayCommit`.
 * @throws LifeboatError `lost-lease` before the commit is written; `conflict` when the backup's directory holds bytes that
 * are not the commit's; whatever the stores throw
 */
export async function commitBackup(finished: FinishedAttempt): Promise<CommitOutcome> {
  const { run, vault, name, isDeleted, writer } = finished;
  const record = recordOf(finished);
  const bytes = new Map(finished.sideFiles.map((file) => [file.key, file.bytes]));
  bytes.set(record.manifest.key, finished.manifest);
  try {
    await keepFiles(finished, [...record.files, record.manifest], bytes);
    await finished.lease.renew();
  } catch (error) {
    await abandonUpload(run, finished.archive.upload).catch(() => {});
    throw error;
  }
  const { created, date } = await run.create(commitKey, Buffer.from(JSON.stringify(record)));
  // From here on the lease no longer matters: every write has the same bytes whoever makes it.
  const { log } = finished;
  if (!created) await abortUpload(finished.archive.upload, (reason) => log?.warn(reason, { name }));
  const placed = await replayCommit({
    vault,
    run,
    name,
    isDeleted,
    writer,
    log,
    ...(created && { won: { record, at: date, bytes } }),
  });
  return { won: created, placed };
}

/** Aborts the upload of an attempt that has failed, unless the run's commit names it: then anybody may need it. */
export async function abandonUpload(run: ObjectStore, upload: Upload): Promise<void> {
  const commit = await readCommit(run);
  if (commit?.archive.uploadId !== upload.id) await upload.abort();
}

/** Puts the final bytes where a replay finds them. */
async function keepFiles(
  { run, lease }: FinishedAttempt,
  files: readonly CommittedFile[],
  bytes: ReadonlyMap<string, Buffer>,
): Promise<void> {
  await sideBySide(files, async ({ key, from }) => {
    if (from === undefined) return;
    lease.signal.throwIfAborted();
    const { created } = await run.create(from, bytes.get(key)!);
    if (!created) throw new LifeboatError('conflict', `${run.name}${from} was written by somebody else`);
  });
}

function recordOf(finished: FinishedAttempt): CommitRecord {
  const keys = backupKeys(finished.name);
  const { attempt } = finished.lease;
  const file = (key: string, bytes: Buffer): CommittedFile => ({
    key,
    ...proofOf(bytes),
    ...(bytes.length <= inlineBytes ? { inline: bytes.toString('base64') } : { from: stored(attempt, key) }),
  });
  const { upload, parts, size, sha256, crc64 } = finished.archive;
  return {
    kind: 'Commit',
    format: 1,
    backup: finished.name,
    attempt,
    archive: { key: upload.key, uploadId: upload.id, parts: [...parts], size, sha256, crc64 },
    files: finished.sideFiles.map(({ key, bytes }) => file(key, bytes)),
    manifest: file(keys.manifest, finished.manifest),
  };
}

/** `attempt-2/shop-1-results.gz` */
function stored(attempt: number, key: string): string {
  return `attempt-${attempt}/${key.split('/').pop()}`;
}
