import { createHash } from 'node:crypto';
import { isKind, messageOf } from '../errors';
import { isName } from '../manifests/names';
import { wasCopied } from '../state/copies';
import { findRequest } from '../state/run/requests';
import { type RunId, runStore } from '../state/run/run-keys';
import type { ObjectStore } from '../store/port';
import type { Catalogue } from '../vault/side-files/catalogue';
import { parseCatalogue } from '../vault/side-files/catalogue-file';
import { readCommit } from '../vault/commit/commit-record';
import { backupKeys } from '../vault/layout';
import { readSignature } from '../vault/proof/signature';
import { gunzipJson, readGzippedJson } from '../vault/side-files/gzipped-json';
import { limitsOf } from '../vault/side-files/side-file-limits';

/**
 * Whose a backup is, and how that is known:
 * - `committed`: this installation's own state committed these very bytes
 * - `signed`: the holder of a key vouches for these bytes and for the source cluster
 * - `none`: nobody vouches; what the vault says of it is anybody's word
 * - `broken`: it is not what was committed or signed
 */
export type Origin =
  | { proof: 'committed'; cluster: string; clusterUid?: string }
  | { proof: 'signed'; key: string; clusterUid: string }
  | { proof: 'none'; clusterUid?: string }
  | { proof: 'broken'; reason: string };

export interface ProvenBackup {
  origin: Origin;
  /** SHA-256 by key of what proves the backup and of all that it proves; empty for one that nobody vouches for. */
  proofs: Map<string, string>;
}

export interface OriginSources {
  /** Registered name. */
  vaultName: string;
  vault: ObjectStore;
  /** Of the whole installation. */
  state: ObjectStore;
}

/** Finds out whose a backup is. @param manifest bytes of its `velero-backup.json` */
export async function proveOrigin(
  sources: OriginSources,
  name: string,
  manifest: Buffer,
): Promise<ProvenBackup> {
  try {
    return (
      (await committed(sources, name, manifest)) ??
      (await signed(sources, name, manifest)) ??
      (await unproven(sources, name))
    );
  } catch (error) {
    if (!isKind(error, 'corrupt') && !isKind(error, 'invalid')) throw error;
    return broken(messageOf(error));
  }
}

async function committed(
  { vaultName, vault, state }: OriginSources,
  name: string,
  manifest: Buffer,
): Promise<ProvenBackup | undefined> {
  if (!isName(name)) return undefined;
  const run: RunId = { kind: 'backups', name };
  const commit = await readCommit(runStore(state, run));
  const request = commit && (await findRequest(state, run));
  if (!commit || request?.kind !== 'BackupRequest') return undefined;
  if (request.vault !== vaultName && !(await wasCopied(state, { vault: vaultName, backup: name })))
    return undefined;
  if (sha256(manifest) !== commit.manifest.sha256) {
    return broken('its manifest is not the one that was committed');
  }
  const { catalogue: key } = backupKeys(name);
  const proof = commit.files.find((file) => file.key === key)?.sha256;
  const catalogue = proof && (await provenCatalogue(vault, key, proof));
  if (!catalogue) return broken('its catalogue is not the one that was committed');
  const { clusterUid } = catalogue;
  return {
    origin: { proof: 'committed', cluster: request.cluster, ...(clusterUid !== '' && { clusterUid }) },
    proofs: proofsOf(name, sha256(manifest), proof, catalogue),
  };
}

async function signed(
  { vault }: OriginSources,
  name: string,
  manifest: Buffer,
): Promise<ProvenBackup | undefined> {
  const signature = await readSignature(vault, name, manifest);
  if (!signature) return undefined;
  const { catalogue: key } = backupKeys(name);
  const catalogue = await provenCatalogue(vault, key, signature.catalogue);
  if (!catalogue) return broken('its catalogue is not the one that was signed');
  if (catalogue.clusterUid !== signature.clusterUid) return broken('its signature names another cluster');
  return {
    origin: { proof: 'signed', key: signature.key, clusterUid: signature.clusterUid },
    proofs: proofsOf(name, signature.manifest, signature.catalogue, catalogue),
  };
}

async function unproven({ vault }: OriginSources, name: string): Promise<ProvenBackup> {
  const { catalogue: key } = backupKeys(name);
  try {
    const { clusterUid } = parseCatalogue(key, await readGzippedJson(vault, key));
    return { origin: { proof: 'none', ...(clusterUid !== '' && { clusterUid }) }, proofs: new Map() };
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    return { origin: { proof: 'none' }, proofs: new Map() };
  }
}

/** Undefined when it is missing or another. */
async function provenCatalogue(
  vault: ObjectStore,
  key: string,
  proof: string,
): Promise<Catalogue | undefined> {
  try {
    const { body } = await vault.get(key, { maxBytes: limitsOf(key).unpackedBytes });
    return sha256(body) === proof ? parseCatalogue(key, gunzipJson(key, body)) : undefined;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}

function proofsOf(
  name: string,
  manifest: string,
  catalogueSha256: string,
  catalogue: Catalogue,
): Map<string, string> {
  const keys = backupKeys(name);
  return new Map([
    ...Object.entries(catalogue.objects).map(([key, { sha256: proof }]) => [key, proof] as const),
    [keys.manifest, manifest],
    [keys.catalogue, catalogueSha256],
  ]);
}

function broken(reason: string): ProvenBackup {
  return { origin: { proof: 'broken', reason }, proofs: new Map() };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
