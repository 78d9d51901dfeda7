import { atOnce } from '../../../platform/at-once';
import { isKind, LifeboatError } from '../../../platform/errors';
import { isMap } from '../../../platform/input/is-map';
import type { BackupSpec, BackupVolumeInfo } from '../../../formats/manifests/velero';
import type { ObjectStore } from '../../../platform/oss/port';
import type { OriginVerdict } from '../../../formats/manifests/origin-verdict';
import type { BackupContents } from '../../../formats/vault/archive-types';
import { readBackup } from '../../../formats/vault/backup-manifest';
import { openContents } from '../../../formats/vault/archive/contents';
import type { SkippedEntry } from '../../../formats/vault/archive/skipped-entries';
import { backupKeys } from '../../../formats/vault/layout';
import { readGzippedJson } from '../../../formats/vault/side-files/gzipped-json';

/** An archive of at most this many bytes is fetched once: its second reading, group by group, is of what the first one proved. */
const keptUpTo = 4 << 20;

/** A backup that is there and can be read; `contents.close()` in the end. */
export interface OpenBackup {
  contents: BackupContents;
  /** What the backup was asked to take. */
  spec: BackupSpec;
  /** What Velero or we say of each volume; empty for old backups. */
  volumeInfo: BackupVolumeInfo[];
}

/**
 * Opens a backup of ours or of Velero. Throws `not-found` naming it, or `corrupt`.
 * @param options `skipped` takes bad entries of an archive whose origin is proved
 */
export async function openBackup(
  vault: ObjectStore,
  name: string,
  options: {
    temporaryDirectory: string;
    origin: OriginVerdict;
    skipped: (entry: SkippedEntry) => void;
  },
): Promise<OpenBackup> {
  const keys = backupKeys(name);
  // A manifest that cannot be read vouches for no archive.
  const [{ spec }, volumeInfo, contents] = await atOnce(
    readBackup(vault, name),
    readVolumeInfo(vault, keys.volumeInfo),
    openContents(vault, name, { ...options, keptUpTo }),
  );
  return { spec: spec ?? {}, contents, volumeInfo };
}

async function readVolumeInfo(vault: ObjectStore, key: string): Promise<BackupVolumeInfo[]> {
  let list: unknown;
  try {
    list = (await readGzippedJson(vault, key)) ?? [];
  } catch (error) {
    if (isKind(error, 'not-found')) return [];
    throw error;
  }
  if (!Array.isArray(list) || !list.every(isMap)) {
    throw new LifeboatError('corrupt', `${key} is not a list of volumes`);
  }
  return list as unknown as BackupVolumeInfo[];
}
