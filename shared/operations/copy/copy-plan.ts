import { sha256Hex } from '../../platform/sha256';
import { LifeboatError } from '../../platform/errors';
import type { ObjectStore } from '../../platform/oss/port';
import { parseBackup, readManifestBytes } from '../../formats/vault/backup-manifest';
import { readSeal } from '../../formats/vault/proof/backup-seal';
import type { CataloguedObject } from '../../formats/vault/side-files/catalogue';
import { parseCatalogue } from '../../formats/vault/side-files/catalogue-file';
import { backupKeys } from '../../formats/vault/layout';
import { gunzipJson, readGzippedJson } from '../../formats/vault/side-files/gzipped-json';
import { limitsOf } from '../../formats/vault/untrusted/side-file-limits';

/** One object to be copied, with what is known of its bytes beforehand. */
export interface ObjectToCopy extends Partial<Pick<CataloguedObject, 'sha256' | 'crc64'>> {
  key: string;
  size: number;
}

/** What makes up a backup, as far as it can be known before it is read. */
export interface CopyPlan {
  /** Bytes of `velero-backup.json`. */
  manifest: Buffer;
  /** All but the manifest; the archive is the last. */
  objects: ObjectToCopy[];
  /** Of them and the manifest. */
  bytes: number;
  /** Volumes whose data lies elsewhere, in Velero's kopia repository: it is not copied. */
  volumesElsewhere: number;
}

const finished = new Set(['Completed', 'PartiallyFailed', 'Failed']);

/**
 * Reads what is to be copied of a backup, unless this installation is deleting it. Of one of ours the seal of its manifest
 * proves the catalogue where nothing else has, and the catalogue all else; of Velero's, OSS's own length and CRC-64 of each object are all there is. Throws `not-found`; `conflict` for a backup
 * that is being written or deleted; `corrupt` where an object is missing or is not what was written.
 */
export async function planCopy(
  from: ObjectStore,
  name: string,
  isDeleted: () => Promise<boolean>,
): Promise<CopyPlan> {
  const keys = backupKeys(name);
  const manifest = await readManifestBytes(from, name);
  const { phase = 'New' } = parseBackup(name, manifest).status;
  if (!finished.has(phase) || (await isDeleted())) {
    throw new LifeboatError(
      'conflict',
      `backup ${name} in ${from.name} is ${finished.has(phase) ? 'being deleted' : phase}`,
      { hint: 'only a backup that is finished and stays can be copied' },
    );
  }
  const proofs = await catalogued(from, name, manifest);
  const objects: ObjectToCopy[] = [];
  for await (const page of from.list(keys.directory)) {
    for (const { key, size } of page.objects) {
      if (key === keys.manifest || key === keys.origin || key === keys.directory) continue;
      const proof = proofs.get(key);
      proofs.delete(key);
      if (proof?.size !== undefined && proof.size !== size)
        throw damaged(from, key, `has ${size} bytes instead of ${proof.size}`);
      objects.push({ key, size, ...(proof && { sha256: proof.sha256, crc64: proof.crc64 }) });
    }
  }
  const [missing] = proofs.keys();
  if (missing !== undefined) throw damaged(from, missing, 'is missing');
  // What is small comes first: what is wrong shows before the archive has been carried.
  objects.sort((left, right) => left.size - right.size);
  return {
    manifest,
    objects,
    bytes: objects.reduce((sum, { size }) => sum + size, manifest.length),
    volumesElsewhere: await volumesElsewhere(from, name),
  };
}

type Proof = { size?: number; sha256: string; crc64?: string };

async function catalogued(from: ObjectStore, name: string, manifest: Buffer): Promise<Map<string, Proof>> {
  const keys = backupKeys(name);
  const seal = readSeal(manifest);
  if (seal.state === 'broken') throw damaged(from, keys.manifest, 'is not what was written');
  if (seal.state === 'absent' && !(await from.head(keys.catalogue))) return new Map();
  const { body } = await from.get(keys.catalogue, { maxBytes: limitsOf(keys.catalogue).unpackedBytes });
  const sha256 = sha256Hex(body);
  if (seal.state === 'whole' && sha256 !== seal.catalogueSha256)
    throw damaged(from, keys.catalogue, 'has another SHA-256');
  const { objects } = parseCatalogue(keys.catalogue, gunzipJson(keys.catalogue, body));
  return new Map<string, Proof>([...Object.entries(objects), [keys.catalogue, { sha256 }]]);
}

async function volumesElsewhere(from: ObjectStore, name: string): Promise<number> {
  const { podVolumeBackups: key } = backupKeys(name);
  if (!(await from.head(key))) return 0;
  const list = await readGzippedJson(from, key);
  return Array.isArray(list) ? list.length : 0;
}

/** Says that the source is not what was written. */
export function damaged(from: ObjectStore, key: string, problem: string): LifeboatError {
  return new LifeboatError('corrupt', `${from.name}${key} ${problem}`, {
    hint: 'see what is left of it with `lifeboat backup verify`; nothing of it shows in the other vault',
  });
}
