import { createHash } from 'node:crypto';
import { Crc64 } from '../../../platform/oss/crc64';
import type { ObjectStore } from '../../../platform/oss/port';
import type { Seal } from '../proof/backup-seal';
import type { Catalogue, CataloguedObject } from '../side-files/catalogue';
import { readCatalogue } from '../archive/contents';
import { backupKeys } from '../layout';
import { readManifestBytes } from '../backup-manifest';
import { readable } from './readable';
import { readSignature } from '../proof/signature';
import type { Verifying } from './verification';

/** Proves the catalogue of a backup of ours by the seal. Returns it where it can be read, proved or not. */
export async function verifyCatalogue(
  vault: ObjectStore,
  name: string,
  seal: Seal,
  sizes: ReadonlyMap<string, number>,
  verifying: Verifying,
): Promise<Catalogue | undefined> {
  const key = backupKeys(name).catalogue;
  if (!sizes.has(key)) {
    verifying.add(key, 'broken', 'is missing');
    return undefined;
  }
  const read = await readable(() => readCatalogue(vault, name));
  const digest = await readable(() => digestOf(vault, key));
  const unread = [read, digest].find(({ problem }) => problem !== undefined);
  if (unread) verifying.failed(key, unread);
  else if (seal.state !== 'whole')
    verifying.add(key, 'unprovable', 'velero-backup.json, which proves it, is not whole');
  else
    verifying.judge(key, digest.value?.sha256 === seal.catalogueSha256 ? undefined : 'has another SHA-256');
  return read.value;
}

/** Proves what the catalogue names: all but the archive, which is read once and for all by `verifyArchive`. */
export async function verifyObjects(
  vault: ObjectStore,
  name: string,
  catalogue: Catalogue | undefined,
  sizes: ReadonlyMap<string, number>,
  verifying: Verifying,
): Promise<void> {
  const keys = backupKeys(name);
  // Where a copy came from is no part of it.
  const known = new Set([keys.manifest, keys.catalogue, keys.archive, keys.origin]);
  for (const [key, proof] of Object.entries(catalogue?.objects ?? {})) {
    if (key === keys.archive) continue;
    known.add(key);
    if (!key.startsWith(keys.directory)) verifying.add(key, 'broken', 'is catalogued and of another backup');
    else if (!sizes.has(key)) verifying.add(key, 'broken', 'is missing');
    else {
      const digest = await readable(() => digestOf(vault, key));
      if (digest.value) verifying.judge(key, difference(proof, digest.value));
      else verifying.failed(key, digest);
    }
  }
  if (sizes.has(keys.signature)) {
    known.add(keys.signature);
    const signature = await readable(async () =>
      readSignature(vault, name, await readManifestBytes(vault, name)),
    );
    if (signature.problem === undefined) verifying.add(keys.signature, 'proved');
    else verifying.failed(keys.signature, signature);
  }
  for (const key of sizes.keys()) {
    if (known.has(key)) continue;
    const reason = catalogue ? 'is not part of the backup as it was written' : 'there is no whole catalogue';
    verifying.add(key, 'unprovable', reason);
  }
}

function difference(proof: CataloguedObject, found: CataloguedObject): string | undefined {
  if (found.size !== proof.size) return `has ${found.size} bytes instead of ${proof.size}`;
  if (found.sha256 !== proof.sha256) return 'has another SHA-256';
  return found.crc64 === proof.crc64 ? undefined : 'has another CRC-64';
}

async function digestOf(vault: ObjectStore, key: string): Promise<CataloguedObject> {
  const sha256 = createHash('sha256');
  const crc64 = new Crc64();
  let size = 0;
  for await (const chunk of vault.read(key)) {
    sha256.update(chunk);
    crc64.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: sha256.digest('hex'), crc64: crc64.digest() };
}
