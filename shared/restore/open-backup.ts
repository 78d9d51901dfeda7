import { isKind, LifeboatError } from '../errors';
import { isMap } from '../manifests/is-map';
import type { BackupSpec, BackupVolumeInfo } from '../manifests/velero';
import type { ObjectStore } from '../store/port';
import type { OriginVerdict } from '../manifests/origin-verdict';
import type { BackupContents } from '../vault/archive/archive-types';
import { readBackup } from '../vault/backup-manifest';
import { openContents } from '../vault/archive/contents';
import type { SkippedEntry } from '../vault/archive/skipped-entries';
import { backupKeys } from '../vault/layout';
import { readGzippedJson } from '../vault/side-files/gzipped-json';

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
  const { spec } = await readBackup(vault, name);
  return {
    spec: spec ?? {},
    contents: await openContents(vault, name, options),
    volumeInfo: await readVolumeInfo(vault, keys.volumeInfo),
  };
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
