import { isKind, isUnreadable, messageOf } from '../../platform/errors';
import type { Backup, BackupVolumeInfo, ResourceList, Results } from '../manifests/velero';
import type { ObjectStore } from '../../platform/oss/port';
import { readBackup } from './backup-manifest';
import type { Catalogue } from './side-files/catalogue';
import { readCatalogue } from './archive/contents';
import { backupKeys } from './layout';
import { objectList, resourceList, results, volumeInfo } from './untrusted/side-file-shapes';
import { readGzippedJson } from './side-files/gzipped-json';

/** All that is known of a backup without reading its archive. A part whose file is absent is undefined. */
export interface BackupDescription {
  backup: Backup;
  writer: 'lifeboat' | 'velero';
  results?: Results;
  resourceList?: ResourceList;
  volumeInfo?: BackupVolumeInfo[];
  /** PodVolumeBackup, native Snapshot and BackupOperation objects, as Velero shapes them. */
  podVolumeBackups?: Record<string, unknown>[];
  volumeSnapshots?: Record<string, unknown>[];
  itemOperations?: Record<string, unknown>[];
  /** As written up to Velero 1.17. */
  csiVolumeSnapshots?: Record<string, unknown>[];
  csiVolumeSnapshotContents?: Record<string, unknown>[];
  csiVolumeSnapshotClasses?: Record<string, unknown>[];
  catalogue?: Catalogue;
  /** Bytes of each object of the backup, by its key. */
  sizes: Record<string, number>;
  /** Side files that are there and cannot be read, one line each. */
  problems: string[];
}

/**
 * Describes a backup of ours or of any Velero since 1.9; absent side files are tolerated, damaged ones are reported.
 * @throws LifeboatError `not-found`, or `corrupt` when the manifest itself cannot be read
 */
export async function describeBackup(vault: ObjectStore, name: string): Promise<BackupDescription> {
  const keys = backupKeys(name);
  const [backup, sizes] = await Promise.all([readBackup(vault, name), sizesOf(vault, keys.directory)]);
  const problems: string[] = [];

  async function part<T>(key: string, read: () => Promise<T>): Promise<T | undefined> {
    if (!Object.hasOwn(sizes, key)) return undefined;
    try {
      return await read();
    } catch (error) {
      if (isKind(error, 'not-found')) return undefined;
      if (!isUnreadable(error)) throw error;
      problems.push(messageOf(error));
      return undefined;
    }
  }
  const json = <T>(key: string, shape: (key: string, json: unknown) => T) =>
    part(key, async () => shape(key, await readGzippedJson(vault, key)));

  const [parts, catalogue] = await Promise.all([
    together({
      results: json(keys.results, results),
      resourceList: json(keys.resourceList, resourceList),
      volumeInfo: json(keys.volumeInfo, volumeInfo),
      podVolumeBackups: json(keys.podVolumeBackups, objectList),
      volumeSnapshots: json(keys.volumeSnapshots, objectList),
      itemOperations: json(keys.itemOperations, objectList),
      csiVolumeSnapshots: json(keys.csiVolumeSnapshots, objectList),
      csiVolumeSnapshotContents: json(keys.csiVolumeSnapshotContents, objectList),
      csiVolumeSnapshotClasses: json(keys.csiVolumeSnapshotClasses, objectList),
    }),
    part(keys.catalogue, () => readCatalogue(vault, name)),
  ]);
  const writer = Object.hasOwn(sizes, keys.catalogue) ? 'lifeboat' : 'velero';
  return { backup, writer, ...parts, catalogue, sizes, problems: problems.sort() };
}

async function sizesOf(vault: ObjectStore, directory: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for await (const page of vault.list(directory)) for (const { key, size } of page.objects) sizes[key] = size;
  return sizes;
}

async function together<T extends Record<string, Promise<unknown>>>(
  parts: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const entries = Object.entries(parts).map(async ([name, value]) => [name, await value] as const);
  return Object.fromEntries(await Promise.all(entries)) as { [K in keyof T]: Awaited<T[K]> };
}
