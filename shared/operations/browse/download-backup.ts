import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../../platform/sha256';
import { LifeboatError } from '../../platform/errors';
import type { ObjectStore } from '../../platform/oss/port';
import { readBackup, readManifestBytes } from '../../formats/vault/backup-manifest';
import { readSeal } from '../../formats/vault/proof/backup-seal';
import { readCatalogue } from '../../formats/vault/archive/contents';
import { backupKeys } from '../../formats/vault/layout';

/** A file of a backup that lies on the disk now. */
export interface DownloadedFile {
  file: string;
  bytes: number;
  /** `sha256`: it is what was written; `crc64`: it is what OSS holds, and nothing tells what was written. */
  verified: 'sha256' | 'crc64';
}

/**
 * Every file of a backup into a new folder, each verified while it is written: ours by the SHA-256 of the catalogue, others by
 * the CRC-64 that OSS keeps. The folder has its name when all of it is there, and not before.
 * @throws LifeboatError `invalid` when the folder exists, `not-found`, `corrupt` naming the file, `unavailable` when the disk
 * does not take it
 */
export async function downloadBackup(
  vault: ObjectStore,
  name: string,
  directory: string,
  progress: (file: string, bytes: number) => void = () => {},
): Promise<DownloadedFile[]> {
  await readBackup(vault, name);
  const proofs = await proofsOf(vault, name);
  const { directory: prefix } = backupKeys(name);
  const parts = `${directory}.part`;
  await makeNew(directory, parts);
  const files: DownloadedFile[] = [];
  try {
    for await (const page of vault.list(prefix)) {
      for (const { key, size } of page.objects) {
        const file = key.slice(prefix.length);
        // Nothing of a backup lies deeper; a key that would is not its.
        if (file === '' || file.includes('/') || file === '..') continue;
        progress(file, size);
        files.push(await download(vault, key, join(parts, file), proofs.get(key), file));
      }
    }
    await rename(parts, directory);
  } catch (error) {
    await rm(parts, { recursive: true, force: true });
    throw error;
  }
  return files;
}

async function download(
  vault: ObjectStore,
  key: string,
  path: string,
  proof: string | undefined,
  file: string,
): Promise<DownloadedFile> {
  const digest = createHash('sha256');
  const refused = (error: NodeJS.ErrnoException): never => {
    throw new LifeboatError('unavailable', `the disk does not take ${path}: ${error.code}`, {
      hint: 'name a folder with enough room',
      cause: error,
    });
  };
  const out = await open(path, 'wx', 0o600).catch(refused);
  let bytes = 0;
  try {
    for await (const chunk of vault.read(key)) {
      digest.update(chunk);
      bytes += chunk.length;
      await out.writeFile(chunk).catch(refused);
    }
  } finally {
    await out.close();
  }
  if (proof === undefined) return { file, bytes, verified: 'crc64' };
  if (digest.digest('hex') === proof) return { file, bytes, verified: 'sha256' };
  throw new LifeboatError('corrupt', `${vault.name}${key} is not what was written`, {
    hint: 'look at all of it with `lifeboat backup verify`',
  });
}

/** SHA-256 by key, as manifest and catalogue say; none of a foreign backup. */
async function proofsOf(vault: ObjectStore, name: string): Promise<Map<string, string>> {
  const keys = backupKeys(name);
  const catalogue = await readCatalogue(vault, name);
  const manifest = await readManifestBytes(vault, name);
  const seal = readSeal(manifest);
  if (!catalogue) return new Map();
  return new Map([
    ...Object.entries(catalogue.objects).map(([key, { sha256 }]) => [key, sha256] as const),
    ...(seal.state === 'whole' ? [[keys.catalogue, seal.catalogueSha256] as const] : []),
    [keys.manifest, sha256Hex(manifest)],
  ]);
}

async function makeNew(directory: string, parts: string): Promise<void> {
  if (existsSync(directory)) {
    throw new LifeboatError('invalid', `${directory} exists`, { hint: 'name a folder that does not exist' });
  }
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts, { recursive: true, mode: 0o700 });
}
