import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BackupVolumeInfo, RestoreVolumeInfo, Results } from '../../manifests/velero';
import type { Catalogue } from './catalogue';
import { backupKeys, restoreKeys } from '../layout';
import type { ResourceListBuilder } from './resource-list';

/** A small object of a backup or restore, with its final bytes. */
export interface SideFile {
  /** Relative to the vault. */
  key: string;
  bytes: Buffer;
}

/** What the side files of a backup say; features that Lifeboat does not have are written as `[]`. */
export interface BackupSideContent {
  /** Already compressed: RunLog.gzip(). */
  logs: Buffer;
  results: Results;
  /** JSON in pieces, or compressed as it is to lie in the vault. */
  resourceList: Iterable<string> | Buffer;
  volumeInfo: BackupVolumeInfo[];
  podVolumeBackups?: unknown[];
  volumeSnapshots?: unknown[];
  itemOperations?: unknown[];
}

/** Velero's side files of a backup, as bytes. The catalogue proves these and so comes after them: `catalogueFile`. */
export async function backupSideFiles(name: string, content: BackupSideContent): Promise<SideFile[]> {
  const keys = backupKeys(name);
  const { resourceList } = content;
  const list = Buffer.isBuffer(resourceList) ? resourceList : await packedList(resourceList);
  const ready = [
    { key: keys.logs, bytes: content.logs },
    { key: keys.resourceList, bytes: list },
  ];
  return packed(ready, [
    [keys.results, json(content.results)],
    [keys.volumeInfo, json(content.volumeInfo)],
    [keys.podVolumeBackups, json(content.podVolumeBackups ?? [])],
    [keys.volumeSnapshots, json(content.volumeSnapshots ?? [])],
    [keys.itemOperations, json(content.itemOperations ?? [])],
  ]);
}

/** The list of a backup's objects, compressed as it lies in the vault. */
export async function packedList(pieces: Iterable<string>): Promise<Buffer> {
  return (await packedFile('', pieces)).bytes;
}

/** The catalogue as a side file. */
export function catalogueFile(name: string, catalogue: Catalogue): Promise<SideFile> {
  return packedFile(backupKeys(name).catalogue, json(catalogue));
}

/** What is kept of a restore. */
export interface RestoreSideContent {
  /** Already compressed: RunLog.gzip(). */
  logs: Buffer;
  results: Results;
  /** `v1/Pod` → `shop/web(created)`. */
  resourceList: ResourceListBuilder;
  volumeInfo: RestoreVolumeInfo[];
  itemOperations?: unknown[];
}

/** The files of `restores/<name>/`, as bytes. */
export function restoreSideFiles(name: string, content: RestoreSideContent): Promise<SideFile[]> {
  const keys = restoreKeys(name);
  return packed(
    [{ key: keys.logs, bytes: content.logs }],
    [
      [keys.results, json(content.results)],
      [keys.resourceList, content.resourceList.json()],
      [keys.volumeInfo, json(content.volumeInfo)],
      [keys.itemOperations, json(content.itemOperations ?? [])],
    ],
  );
}

/** All at once, on zlib's threads. */
async function packed(
  ready: SideFile[],
  files: [key: string, pieces: Iterable<string>][],
): Promise<SideFile[]> {
  return [...ready, ...(await Promise.all(files.map(([key, pieces]) => packedFile(key, pieces))))];
}

/** The pieces of a JSON text, gzipped. Level 3: a backup waits for it. */
async function packedFile(key: string, pieces: Iterable<string>): Promise<SideFile> {
  const gzip = createGzip({ level: 3 });
  const [bytes] = await Promise.all([buffer(gzip), pipeline(line(pieces), gzip)]);
  return { key, bytes };
}

/** As Go's json.Encoder writes: compact, and a newline behind it. */
function* line(pieces: Iterable<string>): Generator<string, void> {
  yield* pieces;
  yield '\n';
}

/** A value whose JSON need not come in pieces. */
function json(value: unknown): string[] {
  return [JSON.stringify(value)];
}
