import pLimit from 'p-limit';
import { isKind, isUnreadable, messageOf } from '../../platform/errors';
import type { Backup } from '../manifests/velero';
import type { ObjectStore } from '../../platform/oss/port';
import { type BackupDirectory, backupDirectories, backupDirectory } from './backup-directories';
import { readBackup } from './backup-manifest';
import { itemsIn } from './velero-backup';

/** One backup of a vault, as a list shows it. Times as in the manifest, RFC 3339. */
export interface ListedBackup {
  name: string;
  phase?: string;
  startTimestamp?: string;
  completionTimestamp?: string;
  /** Absent where nothing but a rule or a person lets it go. */
  expiration?: string;
  items?: number;
  errors: number;
  warnings: number;
  labels: Record<string, string>;
  /** `lifeboat` when our catalogue lies beside it. */
  writer: 'lifeboat' | 'velero';
  /** Of all its objects. */
  bytes: number;
  /** Of `velero-backup.json`: two lists with the same say that nothing changed. */
  etag: string;
}

/** A directory whose manifest cannot be read: reported, and nothing else is affected. */
export interface UnreadableBackup {
  name: string;
  problem: string;
}

export interface BackupPage {
  backups: ListedBackup[];
  unreadable: UnreadableBackup[];
  /** Directories without a manifest: being written, being deleted, or left behind. */
  invisible: string[];
  /** OSS's time of the listing. */
  date: Date;
}

export interface ListBackupsOptions {
  /** Manifests fetched at once; default 16. */
  parallel?: number;
  /** Given a name and an ETag, what an earlier list said, so that only what changed is fetched. */
  known?: (name: string, etag: string) => ListedBackup | undefined;
  /** A name: only those behind it, in the order of their keys. */
  after?: string;
}

/**
 * The backups of a vault, in the order of their keys (`a-b/` before `a/`), by page of about 100. Costs a request a page and one for each manifest
 * that is not `known`.
 */
export async function* listBackups(
  vault: ObjectStore,
  options: ListBackupsOptions = {},
): AsyncGenerator<BackupPage, void> {
  const limit = pLimit(options.parallel ?? 16);
  for await (const { directories, date } of backupDirectories(vault, options.after)) {
    if (directories.length > 0) yield await readPage(directories, date);
  }

  async function readPage(directories: BackupDirectory[], at: Date): Promise<BackupPage> {
    const result: BackupPage = { backups: [], unreadable: [], invisible: [], date: at };
    const read = await Promise.all(
      directories.map((directory) => limit(() => readDirectory(vault, directory, options))),
    );
    for (const one of read) {
      if (typeof one === 'string') result.invisible.push(one);
      else if ('problem' in one) result.unreadable.push(one);
      else result.backups.push(one);
    }
    return result;
  }
}

/**
 * One backup as a list shows it; undefined where no manifest of it is there. Costs a listing of its directory and a request.
 */
export async function findListed(
  vault: ObjectStore,
  name: string,
): Promise<ListedBackup | UnreadableBackup | undefined> {
  const found = await readDirectory(vault, await backupDirectory(vault, name), {});
  return typeof found === 'string' ? undefined : found;
}

async function readDirectory(
  vault: ObjectStore,
  { name, bytes, catalogue, manifest }: BackupDirectory,
  { known }: ListBackupsOptions,
): Promise<ListedBackup | UnreadableBackup | string> {
  if (!manifest) return name;
  const before = known?.(name, manifest.etag);
  if (before) return { ...before, bytes };
  try {
    const backup = await readBackup(vault, name);
    return { ...summary(backup), writer: catalogue ? 'lifeboat' : 'velero', bytes, etag: manifest.etag };
  } catch (error) {
    // Deleted between the listing and now.
    if (isKind(error, 'not-found')) return name;
    if (isUnreadable(error)) return { name, problem: messageOf(error) };
    throw error;
  }
}

function summary({ metadata, status }: Backup): Omit<ListedBackup, 'writer' | 'bytes' | 'etag'> {
  const {
    phase,
    startTimestamp,
    completionTimestamp,
    expiration,
    errors = 0,
    warnings = 0,
    progress,
  } = status;
  return {
    name: metadata.name,
    phase,
    startTimestamp,
    completionTimestamp,
    expiration,
    items: itemsIn(progress),
    errors,
    warnings,
    labels: metadata.labels ?? {},
  };
}
