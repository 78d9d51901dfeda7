import { sha256Hex } from '../../../platform/sha256';
import { isKind, LifeboatError } from '../../../platform/errors';
import { instant } from '../../../formats/manifests/instant';
import type { Backup } from '../../../formats/manifests/velero';
import type { ListedObject, ObjectStore } from '../../../platform/oss/port';
import type { BackupDirectory } from '../../../formats/vault/backup-directories';
import { parseBackup, readManifestBytes } from '../../../formats/vault/backup-manifest';
import { readSeal } from '../../../formats/vault/proof/backup-seal';
import type { Catalogue } from '../../../formats/vault/side-files/catalogue';
import { parseCatalogue } from '../../../formats/vault/side-files/catalogue-file';
import { proofOf } from '../../../formats/vault/side-files/object-proof';
import type { CommitRecord } from '../../../formats/vault/commit/commit-record';
import { backupKeys } from '../../../formats/vault/layout';
import { gunzipJson } from '../../../formats/vault/side-files/gzipped-json';
import { limitsOf } from '../../../formats/vault/untrusted/side-file-limits';
import { readSignature } from '../../../formats/vault/proof/signature';

/** A backup of another installation that proves itself. */
export interface AdoptableBackup {
  backup: Backup;
  catalogue: Catalogue;
  commit: CommitRecord;
}

export interface AdoptionTerms {
  /** Id of the installation that made it. */
  from: string;
  /** Ed25519 public key, base64: only what it signed. */
  trustedKey?: string;
}

/**
 * A backup as another installation committed it, from the vault alone: the manifest proves itself and the catalogue, the
 * catalogue all the rest. Undefined for one that is not of that installation.
 * @throws LifeboatError `corrupt` when it does not prove itself, `denied` when the trusted key has not signed it
 */
export async function adoptableBackup(
  vault: ObjectStore,
  directory: BackupDirectory,
  { from, trustedKey }: AdoptionTerms,
): Promise<AdoptableBackup | undefined> {
  const { name, manifest } = directory;
  const keys = backupKeys(name);
  if (!manifest || !directory.catalogue) return undefined;
  const packed = await bytesOf(vault, keys.catalogue);
  const catalogue = packed && parseCatalogue(keys.catalogue, gunzipJson(keys.catalogue, packed));
  if (!catalogue || catalogue.installation !== from) return undefined;
  const bytes = await readManifestBytes(vault, name);
  const backup = parseBackup(name, bytes);
  const seal = readSeal(bytes);
  if (seal.state !== 'whole' || seal.catalogueSha256 !== sha256Hex(packed))
    throw new LifeboatError('corrupt', `backup ${name} is not what was written`, {
      hint: `look at it with \`lifeboat backup verify ${name}\``,
    });
  if (trustedKey !== undefined) await assertSigned(vault, name, bytes, packed, trustedKey);
  const proof = Object.hasOwn(catalogue.objects, keys.archive) ? catalogue.objects[keys.archive] : undefined;
  if (!proof || directory.archive?.size !== proof.size)
    throw new LifeboatError('corrupt', `backup ${name} has another archive than its catalogue says`, {
      hint: `look at it with \`lifeboat backup verify ${name}\``,
    });
  return {
    backup,
    catalogue,
    commit: {
      kind: 'Commit',
      format: 1,
      backup: name,
      attempt: 1,
      archive: { key: keys.archive, uploadId: '', parts: [], ...proof },
      files: [
        ...Object.entries(catalogue.objects)
          .filter(([key]) => key !== keys.archive)
          .map(([key, file]) => ({ key, ...file })),
        { key: keys.catalogue, ...proofOf(packed) },
      ],
      manifest: { key: keys.manifest, ...proofOf(bytes) },
      adopted: { installation: from, madeAt: madeAt(backup, manifest) },
    },
  };
}

/**
 * When it was written: by OSS's time, or by the manifest where that says earlier, because the object may be a copy. A clock
 * that was ahead makes nothing younger than it is.
 */
function madeAt({ status }: Backup, { lastModified }: ListedObject): string {
  const said = status.completionTimestamp === undefined ? Number.NaN : Date.parse(status.completionTimestamp);
  const written = lastModified.getTime();
  return instant(new Date(said < written ? said : written));
}

async function assertSigned(
  vault: ObjectStore,
  name: string,
  manifest: Buffer,
  catalogue: Buffer,
  trustedKey: string,
): Promise<void> {
  const signature = await readSignature(vault, name, manifest);
  if (signature?.key === trustedKey && signature.catalogue === sha256Hex(catalogue)) return;
  throw new LifeboatError('denied', `backup ${name} is not signed by the key that is trusted`, {
    hint: 'leave it, or adopt without --trust-key if you know who wrote to the vault',
  });
}

async function bytesOf(vault: ObjectStore, key: string): Promise<Buffer | undefined> {
  try {
    return (await vault.get(key, { maxBytes: limitsOf(key).unpackedBytes })).body;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}
