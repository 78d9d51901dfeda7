import { gunzipSync, gzipSync } from 'node:zlib';
import { LifeboatError } from '../../errors';
import type { BackupVolumeInfo, ResourceList, Results } from '../../manifests/velero';
import type { Catalogue } from './catalogue';
import { backupKeys, restoreKeys } from '../layout';

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
  resourceList: ResourceList;
  volumeInfo: BackupVolumeInfo[];
  podVolumeBackups?: unknown[];
  volumeSnapshots?: unknown[];
  itemOperations?: unknown[];
}

/** Velero's side files of a backup, as bytes. The catalogue proves these and so comes after them: `catalogueFile`. */
export function backupSideFiles(name: string, content: BackupSideContent): SideFile[] {
  const keys = backupKeys(name);
  return [
    { key: keys.logs, bytes: content.logs },
    { key: keys.results, bytes: gzipJson(content.results) },
    { key: keys.resourceList, bytes: gzipJson(content.resourceList) },
    { key: keys.volumeInfo, bytes: gzipJson(content.volumeInfo) },
    { key: keys.podVolumeBackups, bytes: gzipJson(content.podVolumeBackups ?? []) },
    { key: keys.volumeSnapshots, bytes: gzipJson(content.volumeSnapshots ?? []) },
    { key: keys.itemOperations, bytes: gzipJson(content.itemOperations ?? []) },
  ];
}

/** The catalogue as a side file. */
export function catalogueFile(name: string, catalogue: Catalogue): SideFile {
  return { key: backupKeys(name).catalogue, bytes: gzipJson(catalogue) };
}

/** What is kept of a restore. */
export interface RestoreSideContent {
  /** Already compressed: RunLog.gzip(). */
  logs: Buffer;
  results: Results;
  /** `v1/Pod` → `shop/web(created)`. */
  resourceList: ResourceList;
  volumeInfo: unknown[];
  itemOperations?: unknown[];
}

/** The files of `restores/<name>/`, as bytes. */
export function restoreSideFiles(name: string, content: RestoreSideContent): SideFile[] {
  const keys = restoreKeys(name);
  return [
    { key: keys.logs, bytes: content.logs },
    { key: keys.results, bytes: gzipJson(content.results) },
    { key: keys.resourceList, bytes: gzipJson(content.resourceList) },
    { key: keys.volumeInfo, bytes: gzipJson(content.volumeInfo) },
    { key: keys.itemOperations, bytes: gzipJson(content.itemOperations ?? []) },
  ];
}

/** Compact JSON and a newline (Go's json.Encoder), gzipped. */
export function gzipJson(value: unknown): Buffer {
  return gzipSync(`${JSON.stringify(value)}\n`);
}

/** Unpacked side files above this are refused: the vault is hostile input. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/**
 * The JSON in a gzipped side file; `null`, as Go writes an empty slice, comes back as null.
 * @throws LifeboatError `corrupt` naming `key`
 */
export function gunzipJson(key: string, bytes: Buffer): unknown {
  let text: string;
  try {
    text = gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  } catch (cause) {
    throw damaged(key, 'is not a readable gzip', cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(key, 'does not hold valid JSON', cause);
  }
}

function damaged(key: string, what: string, cause: unknown): LifeboatError {
  // The parser's own message quotes the content, so only its kind is kept.
  return new LifeboatError('corrupt', `${key} ${what}`, {
    hint: 'restore the object from a replica of the bucket, or delete the backup',
    cause: cause instanceof Error ? cause.name : undefined,
  });
}
