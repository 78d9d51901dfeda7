import * as v from 'valibot';
import { sha256Hex } from '../../../platform/sha256';
import { isKind, LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { backupKeys } from '../layout';
import type { SideFile } from '../side-files/side-files';
import { isSignedBy, type Signer } from './signer';

const sha256Text = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const schema = v.object({
  kind: v.literal('Signature'),
  /** Version of this shape. */
  format: v.literal(1),
  backup: v.string(),
  /** uid of the source's kube-system namespace. */
  clusterUid: v.pipe(v.string(), v.minLength(1)),
  /** SHA-256 of `velero-backup.json`. */
  manifest: sha256Text,
  /** SHA-256 of the catalogue, which holds those of all other objects. */
  catalogue: sha256Text,
  /** Ed25519 public key, base64. */
  key: v.string(),
  /** Base64. */
  signature: v.string(),
});

/**
 * `<name>-lifeboat-signature.json`: who vouches that these are the bytes of a backup of that cluster. Phase, times and
 * filters lie in the manifest, everything else under the catalogue, so that nothing of a backup can be changed or passed off
 * as another cluster's.
 */
type BackupSignature = v.InferOutput<typeof schema>;

/** A signature as it lies in a vault. */
export interface StoredSignature extends BackupSignature {
  /** SHA-256 of the file. */
  sha256: string;
}

type Statement = Pick<BackupSignature, 'backup' | 'clusterUid' | 'manifest' | 'catalogue'>;

/** A signature is small. */
const maxBytes = 64 * 1024;

/**
 * The side files of a finished backup with the signature at their end; as they are where there is no signer, or where the
 * cluster cannot be told from others (its uid could not be read).
 */
export async function signedFiles(
  name: string,
  clusterUid: string,
  { sideFiles, manifest }: { sideFiles: SideFile[]; manifest: Buffer },
  signer: Signer | undefined,
): Promise<SideFile[]> {
  const keys = backupKeys(name);
  const catalogue = sideFiles.find(({ key }) => key === keys.catalogue);
  if (!signer || !catalogue || clusterUid === '') return sideFiles;
  const statement: Statement = {
    backup: name,
    clusterUid,
    manifest: sha256Hex(manifest),
    catalogue: sha256Hex(catalogue.bytes),
  };
  const signature: BackupSignature = {
    kind: 'Signature',
    format: 1,
    ...statement,
    key: await signer.publicKey(),
    signature: (await signer.sign(statementBytes(statement))).toString('base64'),
  };
  return [
    ...sideFiles,
    { key: keys.signature, bytes: Buffer.from(`${JSON.stringify(signature, undefined, 1)}\n`) },
  ];
}

/**
 * The signature of a backup, undefined when it has none.
 * @param manifest bytes of `velero-backup.json`
 * @throws LifeboatError `corrupt` when it is not a valid signature of its own key over this backup's manifest
 */
export async function readSignature(
  vault: ObjectStore,
  name: string,
  manifest: Buffer,
): Promise<StoredSignature | undefined> {
  const key = backupKeys(name).signature;
  let body: Buffer;
  try {
    ({ body } = await vault.get(key, { maxBytes }));
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
  const parsed = v.safeParse(schema, json(body));
  if (!parsed.success) throw new LifeboatError('corrupt', `${key} is not a signature`);
  const { output } = parsed;
  if (output.backup !== name || output.manifest !== sha256Hex(manifest)) {
    throw new LifeboatError('corrupt', `${key} is not for these bytes of velero-backup.json`);
  }
  if (!isSignedBy(output.key, statementBytes(output), Buffer.from(output.signature, 'base64'))) {
    throw new LifeboatError('corrupt', `${key} is not signed by the key that it names`);
  }
  return { ...output, sha256: sha256Hex(body) };
}

/** What is signed: one line each, none of which can hold a line break. */
function statementBytes({ backup, clusterUid, manifest, catalogue }: Statement): Buffer {
  return Buffer.from(
    ['lifeboat backup signature 1', backup, clusterUid, manifest, catalogue]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
