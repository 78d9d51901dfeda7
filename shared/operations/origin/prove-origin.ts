import { sha256Hex } from '../../platform/sha256';
import { isKind, messageOf } from '../../platform/errors';
import { isName } from '../../platform/input/names';
import type { BackupRequest, RunRequest } from '../../formats/manifests/run';
import { wasCopied } from '../../formats/state/copies';
import { findRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import type { Catalogue } from '../../formats/vault/side-files/catalogue';
import { parseCatalogue } from '../../formats/vault/side-files/catalogue-file';
import { parseBackup } from '../../formats/vault/backup-manifest';
import { type CommitRecord, readCommit } from '../../formats/vault/commit/commit-record';
import { backupKeys } from '../../formats/vault/layout';
import { readSeal } from '../../formats/vault/proof/backup-seal';
import { readSignature } from '../../formats/vault/proof/signature';
import { gunzipJson } from '../../formats/vault/side-files/gzipped-json';
import { limitsOf } from '../../formats/vault/untrusted/side-file-limits';
import type { Origin } from './origin';

export interface ProvenBackup {
  origin: Origin;
  /**
   * SHA-256 by key, of the manifest, the signature and all that the catalogue lists. Of a backup without a catalogue the manifest alone;
   * empty for one that is broken.
   */
  proofs: Map<string, string>;
}

export interface OriginSources {
  /** Registered name. */
  vaultName: string;
  vault: ObjectStore;
  /** Of the whole installation. */
  state: ObjectStore;
  /** Reads the request of the run that has the backup's name, where the caller needs it too. */
  request?(): Promise<RunRequest | undefined>;
}

/**
 * What decides whose a backup is, beside its manifest: reads that were begun, each judged only where it is reached. Nothing of
 * them is parsed before it is proved.
 */
interface OriginEvidence {
  /** Of the run that has the backup's name. */
  commit: Promise<CommitRecord | undefined>;
  request: Promise<RunRequest | undefined>;
  /** Bytes of the catalogue, as they lie in the vault. */
  catalogue: Promise<Buffer | undefined>;
}

/** Begins the reads that do not depend on the manifest, at once: three requests. */
export function readEvidence(sources: OriginSources, name: string): OriginEvidence {
  const { vault, state } = sources;
  const run: RunId | undefined = isName(name) ? { kind: 'backups', name } : undefined;
  const evidence: OriginEvidence = {
    commit: run ? readCommit(runStore(state, run)) : nothing,
    request: run ? (sources.request?.() ?? findRequest(state, run)) : nothing,
    catalogue: bytesOf(vault, backupKeys(name).catalogue),
  };
  // Whoever needs one of them meets its error.
  for (const reading of Object.values(evidence)) reading.catch(() => {});
  return evidence;
}

const nothing = Promise.resolve(undefined);

/**
 * Finds out whose a backup is, in at most five requests: the state knows what it committed, wherever the bytes lie now; then a
 * signature counts, then what the backup claims.
 * @param manifest bytes of its `velero-backup.json`
 * @param evidence where the caller has begun to read it beside the manifest
 * @throws LifeboatError what the stores throw: `denied`, `unavailable`
 */
export async function proveOrigin(
  sources: OriginSources,
  name: string,
  manifest: Buffer,
  evidence = readEvidence(sources, name),
): Promise<ProvenBackup> {
  const read: Read = { ...evidence, manifest };
  try {
    return (
      (await committed(sources, name, read)) ??
      (await signed(sources, name, read)) ??
      (await unproven(sources, name, read))
    );
  } catch (error) {
    if (!isKind(error, 'corrupt') && !isKind(error, 'invalid')) throw error;
    return broken(messageOf(error));
  }
}

/** What was read of a backup. */
type Read = OriginEvidence & { manifest: Buffer };

/** The state decides where it knows the name: undefined where it committed no such backup for this vault. */
async function committed(
  { vaultName, vault, state }: OriginSources,
  name: string,
  read: Read,
): Promise<ProvenBackup | undefined> {
  const { manifest } = read;
  const [commit, request] = await Promise.all([read.commit, read.request]);
  if (!commit || request?.kind !== 'BackupRequest') return undefined;
  if (sha256Hex(manifest) !== commit.manifest.sha256) {
    return (await isOurs({ state, vaultName }, name, request))
      ? broken('its manifest is not the one that was committed')
      : undefined;
  }
  const { catalogue: key } = backupKeys(name);
  const proof = commit.files.find((file) => file.key === key)?.sha256;
  const catalogue = proof && provenCatalogue(key, await read.catalogue, proof);
  if (!catalogue) return broken('its catalogue is not the one that was committed');
  const { clusterUid } = catalogue;
  return {
    origin: {
      proof: 'committed',
      cluster: request.cluster,
      ...(clusterUid !== '' && { clusterUid }),
      ...(commit.adopted && { adoptedFrom: commit.adopted.installation }),
    },
    proofs: proofsOf(name, {
      manifest: sha256Hex(manifest),
      catalogue: [proof, catalogue],
      signature: await committedSignature(vault, name, commit, manifest),
    }),
  };
}

/** SHA-256. An adoption commits what the catalogue lists, and not the signature: one that is valid goes with the backup. */
async function committedSignature(
  vault: ObjectStore,
  name: string,
  { files, adopted }: CommitRecord,
  manifest: Buffer,
): Promise<string | undefined> {
  const { signature } = backupKeys(name);
  const known = files.find((file) => file.key === signature)?.sha256;
  if (known !== undefined || !adopted) return known;
  try {
    return (await readSignature(vault, name, manifest))?.sha256;
  } catch (error) {
    if (!isKind(error, 'corrupt')) throw error;
    return undefined;
  }
}

/** Whether a run of this installation was to put a backup of the name into the vault, or a copy of it. */
async function isOurs(
  { state, vaultName }: Pick<OriginSources, 'state' | 'vaultName'>,
  name: string,
  request: BackupRequest,
): Promise<boolean> {
  return request.vault === vaultName || (await wasCopied(state, { vault: vaultName, backup: name }));
}

async function signed(
  { vault }: OriginSources,
  name: string,
  { manifest, catalogue: reading }: Read,
): Promise<ProvenBackup | undefined> {
  const signature = await readSignature(vault, name, manifest);
  if (!signature) return undefined;
  const { catalogue: key } = backupKeys(name);
  const catalogue = provenCatalogue(key, await reading, signature.catalogue);
  if (!catalogue) return broken('its catalogue is not the one that was signed');
  if (catalogue.clusterUid !== signature.clusterUid) return broken('its signature names another cluster');
  return {
    origin: { proof: 'signed', key: signature.key, clusterUid: signature.clusterUid },
    proofs: proofsOf(name, {
      manifest: signature.manifest,
      catalogue: [signature.catalogue, catalogue],
      signature: signature.sha256,
    }),
  };
}

/** Nobody vouches for it: what it claims, and what holds together all the same. */
async function unproven(
  { vaultName, state }: OriginSources,
  name: string,
  read: Read,
): Promise<ProvenBackup> {
  const { manifest } = read;
  const seal = readSeal(manifest);
  if (seal.state === 'broken') return broken('its manifest is not what was written');
  const { catalogue: key } = backupKeys(name);
  const packed = await read.catalogue;
  if (packed && seal.state === 'whole' && sha256Hex(packed) !== seal.catalogueSha256)
    return broken('its catalogue is not the one that its manifest names');
  const catalogue = packed && parseCatalogue(key, gunzipJson(key, packed));
  const request = await read.request;
  const ownName = request?.kind === 'BackupRequest' && (await isOurs({ state, vaultName }, name, request));
  const claim = ownName
    ? 'a run of this installation has its name and did not commit it'
    : catalogue
      ? `it says that installation ${catalogue.installation} made it, and no trusted key signed it`
      : claimsLifeboat(name, manifest)
        ? 'its annotations say that Lifeboat made it, and its catalogue is missing'
        : undefined;
  return {
    origin:
      claim === undefined
        ? { proof: 'none' }
        : {
            proof: 'claimed',
            claim,
            ...(ownName && { ownName }),
            ...(catalogue && catalogue.clusterUid !== '' && { clusterUid: catalogue.clusterUid }),
          },
    proofs:
      packed && catalogue
        ? proofsOf(name, { manifest: sha256Hex(manifest), catalogue: [sha256Hex(packed), catalogue] })
        : new Map([[backupKeys(name).manifest, sha256Hex(manifest)]]),
  };
}

function claimsLifeboat(name: string, manifest: Buffer): boolean {
  const { annotations } = parseBackup(name, manifest).metadata;
  return Object.keys(annotations ?? {}).some((one) => one.startsWith('lifeboat/'));
}

/** Undefined when it is missing or another. Its bytes are proved before they are unpacked. */
function provenCatalogue(key: string, body: Buffer | undefined, proof: string): Catalogue | undefined {
  return body && sha256Hex(body) === proof ? parseCatalogue(key, gunzipJson(key, body)) : undefined;
}

async function bytesOf(vault: ObjectStore, key: string): Promise<Buffer | undefined> {
  try {
    return (await vault.get(key, { maxBytes: limitsOf(key).unpackedBytes })).body;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}

/** What is proved, each by its SHA-256. */
interface ProvedFiles {
  manifest: string;
  catalogue: [sha256: string, Catalogue];
  signature?: string;
}

function proofsOf(
  name: string,
  { manifest, catalogue: [packed, { objects }], signature }: ProvedFiles,
): Map<string, string> {
  const keys = backupKeys(name);
  return new Map([
    ...Object.entries(objects).map(([key, { sha256: proof }]) => [key, proof] as const),
    [keys.manifest, manifest],
    [keys.catalogue, packed],
    ...(signature === undefined ? [] : [[keys.signature, signature] as const]),
  ]);
}

function broken(reason: string): ProvenBackup {
  return { origin: { proof: 'broken', reason }, proofs: new Map() };
}
