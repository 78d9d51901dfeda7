import { isKind, LifeboatError, messageOf } from '../../../platform/errors';
import type { Log } from '../../../platform/log/log';
import type { ObjectHead, ObjectStore, Upload } from '../../../platform/oss/port';
import { commitKey, type CommitRecord, type CommittedFile, findCommit } from './commit-record';
import { backupKeys } from '../layout';
import { proofOf } from '../side-files/object-proof';
import { assertFirst, type Writer } from './first-writer';
import { sideBySide } from './side-by-side';
import { abortUploads } from './unfinished-uploads';

/** What a replay works on. */
export interface CommittedRun {
  /** Of the backup. */
  name: string;
  vault: ObjectStore;
  /** Bound to `runs/backups/<name>/` of the state. */
  run: ObjectStore;
  /** True when this installation decided to delete the backup (`state/deletions.ts`): it must not become visible again. */
  isDeleted(): Promise<boolean>;
  /** Absent where no other installation can write to the vault. */
  writer?: Writer;
  /** Warned of what could not be cleaned up. */
  log?: Pick<Log, 'warn'>;
  /** What the attempt that has just won still knows, so that it need not be read again. */
  won?: {
    record: CommitRecord;
    /** When OSS took it. */
    at: Date;
    /** The bytes of the files by their keys. */
    bytes: ReadonlyMap<string, Buffer>;
  };
}

/** A backup that is in its vault as it was committed. */
export interface PlacedBackup {
  record: CommitRecord;
  /** OSS's time of the commit. */
  at: Date;
  /** By key, where this call wrote the object or completed its upload, and OSS told. */
  etags: ReadonlyMap<string, string>;
}

/** True once which bytes the backup has is settled; then only `replayCommit` is left to do. */
export async function isCommitted(run: ObjectStore): Promise<boolean> {
  return (await run.head(commitKey)) !== undefined;
}

/**
 * Puts a committed backup in place: archive, side files, verification, `velero-backup.json` last. Anyone may call it, any
 * number of times, at once: every write of a key has the same bytes. Ends with the other attempts' unfinished uploads gone.
 * In a bucket that keeps versions only the first of several writers of a name touches it, and the last look is at the archive
 * and the manifest as they are current.
 * @throws LifeboatError `not-found` without a commit; `conflict` when a key of the backup holds other bytes, or the backup
 * has been deleted since; `corrupt` when the kept bytes are not the commit's
 */
export async function replayCommit(committed: CommittedRun): Promise<PlacedBackup> {
  const { name, vault, run, won, writer, isDeleted, log } = committed;
  const settled = won ?? (await findCommit(run));
  if (!settled) throw new LifeboatError('not-found', `${run.name} has no ${commitKey}`);
  const { record, at } = settled;
  checkKeys(record, name);
  const etags = new Map<string, string>();
  const placed: PlacedBackup = { record, at, etags };
  const [present, deleted] = await Promise.all([keysIn(vault, backupKeys(name).directory), isDeleted()]);
  // A visible manifest says that all the rest was durable and verified: Must 1.
  if (present.has(record.manifest.key) && (await holds(vault, record.manifest))) {
    await abortOtherUploads(committed, record);
    return placed;
  }
  if (deleted) throw deletedError(name);
  if (writer) await assertFirst(writer, { vault, name, manifest: record.manifest.sha256, log });
  // Looking before writing keeps WORM quiet and versioned buckets at one version.
  const absent = record.files.filter(({ key }) => !present.has(key));
  await sideBySide(
    record.files.filter(({ key }) => present.has(key)),
    async (file) => void ((await holds(vault, file)) || absent.push(file)),
  );
  // The archive comes first: without it nothing else has a place in the vault.
  etags.set(record.archive.key, await completeArchive(vault, record, present));
  const putFile = async (file: CommittedFile) => {
    const etag = await put(committed, file);
    if (etag !== undefined) etags.set(file.key, etag);
  };
  await sideBySide(
    [...absent.map((file) => () => putFile(file)), () => abortOtherUploads(committed, record)],
    (work) => work(),
  );
  const [deletedMeanwhile, visible] = await Promise.all([isDeleted(), holds(vault, record.manifest)]);
  if (deletedMeanwhile) throw deletedError(name);
  if (!visible) await put(committed, record.manifest);
  // Elsewhere create-only has kept others from writing over it.
  if (writer?.keepsVersions !== false) await assertCurrent(vault, record);
  return placed;
}

async function keysIn(vault: ObjectStore, directory: string): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const page of vault.list(directory)) for (const { key } of page.objects) keys.add(key);
  return keys;
}

/** Answers with the ETag of the archive. */
async function completeArchive(
  vault: ObjectStore,
  { backup, archive }: CommitRecord,
  present: ReadonlySet<string>,
): Promise<string> {
  const { key, uploadId, parts, size, crc64 } = archive;
  const upload = vault.resumeUpload(key, uploadId);
  try {
    const expected = { size, crc64 };
    const head = await upload.complete(parts, expected, { createOnly: true, absent: !present.has(key) });
    return head.etag;
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    // An answer that the upload is not there is final only where a second look finds neither it nor its object.
    const there = await held(vault, archive);
    if (there) return there.etag;
    if (await isThere(upload)) {
      throw new LifeboatError(
        'unavailable',
        `backup ${backup}: ${messageOf(error)}, and its upload is there`,
        {
          cause: error,
        },
      );
    }
    throw new LifeboatError(
      'corrupt',
      `backup ${backup} cannot be finished: its upload is gone from ${vault.name}`,
      {
        hint: 'request it again under another name; a lifecycle rule must leave uploads alone for at least a day',
        cause: error,
      },
    );
  }
}

async function isThere(upload: Upload): Promise<boolean> {
  try {
    await upload.parts();
    return true;
  } catch (error) {
    if (isKind(error, 'not-found')) return false;
    throw error;
  }
}

/**
 * A bucket that keeps versions ignores create-only: another writer may have put its own over what was just written. The one
 * whose bytes are not current any more has no backup. @throws `conflict`
 */
async function assertCurrent(vault: ObjectStore, { archive, manifest }: CommitRecord): Promise<void> {
  await sideBySide([archive, manifest], async (object) => {
    if (await holds(vault, object)) return;
    throw new LifeboatError('conflict', `${vault.name}${object.key} was written and removed at once`, {
      hint: 'find out what else writes to this vault',
    });
  });
}

type Proven = Pick<CommittedFile, 'key' | 'size' | 'crc64'>;

/** True when the object is there with these bytes; false when absent. @throws `conflict` when it holds others */
async function holds(vault: ObjectStore, object: Proven): Promise<boolean> {
  return (await held(vault, object)) !== undefined;
}

/** The head of the object with these bytes; undefined when absent. @throws `conflict` when it holds others */
async function held(vault: ObjectStore, object: Proven): Promise<ObjectHead | undefined> {
  const head = await vault.head(object.key);
  if (!head) return undefined;
  if (head.size === object.size && head.crc64 === object.crc64) return head;
  throw new LifeboatError(
    'conflict',
    `${vault.name}${object.key} holds other bytes than this backup's commit`,
    {
      hint: 'somebody else writes to this vault; request the backup again under another name',
    },
  );
}

/**
 * Puts a file that was not there a moment ago; OSS's answer proves its bytes, and where somebody else was faster a look does.
 * Answers with the ETag of what it wrote.
 */
async function put({ vault, run, won }: CommittedRun, file: CommittedFile): Promise<string | undefined> {
  const bytes = won?.bytes.get(file.key) ?? (await keptBytes(run, file));
  const creation = await vault.create(file.key, bytes, { exclusive: false, absent: true });
  if (creation.created) return creation.etag;
  if (await holds(vault, file)) return undefined;
  throw new LifeboatError('unavailable', `${vault.name}${file.key} is not there after it was written`);
}

async function keptBytes(
  run: ObjectStore,
  { key, from, inline, size, sha256 }: CommittedFile,
): Promise<Buffer> {
  const body = from === undefined ? Buffer.from(inline ?? '', 'base64') : (await run.get(from)).body;
  const proof = proofOf(body);
  if (proof.size === size && proof.sha256 === sha256) return body;
  throw new LifeboatError('corrupt', `${run.name}${from ?? commitKey} does not hold the bytes of ${key}`);
}

/** The run's own state is trusted, but a commit for another place would write there. */
function checkKeys(record: CommitRecord, name: string): void {
  const { archive, manifest, directory } = backupKeys(name);
  const fits =
    record.backup === name &&
    record.archive.key === archive &&
    record.manifest.key === manifest &&
    record.files.every(({ key }) => key.startsWith(directory) && key !== archive && key !== manifest);
  if (!fits) throw new LifeboatError('corrupt', `${commitKey} of backup ${name} is that of another backup`);
}

function deletedError(name: string): LifeboatError {
  return new LifeboatError('conflict', `backup ${name} has been deleted`, {
    hint: 'request it again under another name',
  });
}

/** Only after the commit: before it, any of them may yet become the backup. */
async function abortOtherUploads(
  { vault, log, name }: CommittedRun,
  { archive }: CommitRecord,
): Promise<void> {
  await abortUploads(
    vault,
    archive.key,
    ({ key, id }) => key === archive.key && id !== archive.uploadId,
    (reason) => log?.warn(reason, { name }),
  );
}
