import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { LifeboatError } from '../../errors';
import type { BackupVolumeInfo, ResourceList, Results } from '../../manifests/velero';
import type { Catalogue } from './catalogue';
import { backupKeys, restoreKeys } from '../layout';

const pack = promisify(gzip);

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
export function backupSideFiles(name: string, content: BackupSideContent): Promise<SideFile[]> {
  const keys = backupKeys(name);
  return packed({ key: keys.logs, bytes: content.logs }, [
    [keys.results, content.results],
    [keys.resourceList, content.resourceList],
    [keys.volumeInfo, content.volumeInfo],
    [keys.podVolumeBackups, content.podVolumeBackups ?? []],
    [keys.volumeSnapshots, content.volumeSnapshots ?? []],
    [keys.itemOperations, content.itemOperations ?? []],
  ]);
}

/** The catalogue as a side file. */
export async function catalogueFile(name: string, catalogue: Catalogue): Promise<SideFile> {
  return { key: backupKeys(name).catalogue, bytes: await gzipJson(catalogue) };
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
export function restoreSideFiles(name: string, content: RestoreSideContent): Promise<SideFile[]> {
  const keys = restoreKeys(name);
  return packed({ key: keys.logs, bytes: content.logs }, [
    [keys.results, content.results],
    [keys.resourceList, content.resourceList],
    [keys.volumeInfo, content.volumeInfo],
    [keys.itemOperations, content.itemOperations ?? []],
  ]);
}

/** All at once, on zlib's threads. */
async function packed(logs: SideFile, values: [key: string, value: unknown][]): Promise<SideFile[]> {
  const files = values.map(async ([key, value]) => ({ key, bytes: await gzipJson(value) }));
  return [logs, ...(await Promise.all(files))];
}

/** Compact JSON and a newline (Go's json.Encoder), gzipped. */
function gzipJson(value: unknown): Promise<Buffer> {
  return pack(`${JSON.stringify(value)}\n`);
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
