import { sha256Hex } from '../../platform/sha256';
import { isKind, messageOf } from '../../platform/errors';
import { defaultTtl, parseGoDuration } from '../../formats/manifests/go-duration';
import { isName } from '../../platform/input/names';
import type { BackupRequest, CommittedFacts } from '../../formats/manifests/run';
import type { Backup } from '../../formats/manifests/velero';
import { findCommittedFacts } from '../../formats/state/run/committed-facts';
import { findRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import type { BackupDirectory } from '../../formats/vault/backup-directories';
import { parseBackup, readManifestBytes } from '../../formats/vault/backup-manifest';
import { parseCatalogue } from '../../formats/vault/side-files/catalogue-file';
import { findCommit } from '../../formats/vault/commit/commit-record';
import { factsOfCommit } from '../../formats/vault/commit/committed-facts';
import { backupKeys } from '../../formats/vault/layout';
import { gunzipJson } from '../../formats/vault/side-files/gzipped-json';
import { limitsOf } from '../../formats/vault/untrusted/side-file-limits';
import type { JudgedBackup } from './judged-backup';

/** Where facts are read. */
export interface FactSources {
  /** Registered name. */
  vaultName: string;
  vault: ObjectStore;
  /** Of the whole installation. */
  state: ObjectStore;
  /** Backups that this installation copied here from the vault they were asked for in. */
  copied?: ReadonlySet<string>;
}

/** Of an untouchable backup there is nothing else to know. */
type Untouchable = Pick<JudgedBackup, 'untouchable'>;

/**
 * What retention has to know of one backup. Whose it is, what it was asked for by and when it was committed come from the
 * state, which nobody else writes; the vault must hold the very bytes that the state committed. So nothing that is put into
 * a vault, or changed there, can pass for a backup of ours. Costs two requests: the outcome of the run and the manifest.
 * Archive and catalogue are known by the ETags that OSS answered when they were written; where those differ, or the outcome
 * does not tell, they are looked at, and commit and request are read.
 * Undefined when its manifest was deleted since the listing.
 */
export async function readFacts(
  sources: FactSources,
  directory: BackupDirectory,
): Promise<JudgedBackup | undefined> {
  const { name } = directory;
  const unknown = { name, items: 0, madeAt: new Date(0), archiveReads: false };
  // Where it is the state that denies itself, this throws.
  const committed = await committedInState(sources.state, name).catch((error: unknown) => {
    if (!isKind(error, 'corrupt') && !isKind(error, 'invalid')) throw error;
    return messageOf(error);
  });
  if (committed === undefined) return { ...unknown, ...foreign(directory) };
  if (typeof committed === 'string') return { ...unknown, untouchable: committed };
  try {
    const bytes = await readManifestBytes(sources.vault, name);
    const manifest = parseBackup(name, bytes);
    return { ...unknown, ...(await provedFacts(sources, directory, manifest, bytes, committed)) };
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    if (isKind(error, 'corrupt') || isKind(error, 'invalid'))
      return { ...unknown, untouchable: messageOf(error) };
    if (isKind(error, 'denied'))
      return { ...unknown, untouchable: messageOf(error), ...unreadFacts(committed) };
    throw error;
  }
}

/** Undefined for a backup that the state did not commit. */
async function committedInState(state: ObjectStore, name: string): Promise<CommittedFacts | undefined> {
  if (!isName(name)) return undefined;
  const run: RunId = { kind: 'backups', name };
  const told = await findCommittedFacts(state, run);
  if (told) return told;
  const commit = await findCommit(runStore(state, run));
  const request = commit && (await findRequest(state, run));
  return request?.kind === 'BackupRequest' ? factsOfCommit(commit!.record, commit!.at, request) : undefined;
}

async function provedFacts(
  { vaultName, vault, copied }: FactSources,
  directory: BackupDirectory,
  manifest: Backup,
  bytes: Buffer,
  committed: CommittedFacts,
): Promise<Omit<JudgedBackup, 'name'> | Untouchable> {
  const { name } = directory;
  if (sha256Hex(bytes) !== committed.manifest.sha256)
    return { untouchable: 'its manifest is not the one that was committed' };
  if (committed.vault !== vaultName && !copied?.has(name))
    return { untouchable: `it is a copy: it was asked for in vault "${committed.vault}"` };
  const clusterUid = await clusterOf(vault, directory, committed);
  if (clusterUid === undefined) return { untouchable: 'its catalogue is not the one that was committed' };
  const madeAt = new Date(committed.committedAt);
  const { schedule, cluster } = committed;
  return {
    phase: manifest.status.phase,
    items: manifest.status.progress?.itemsBackedUp ?? 0,
    madeAt,
    ttlEnds: ttlEnds(manifest, madeAt),
    ...(schedule && { series: { schedule: schedule.name, cluster, clusterUid } }),
    ...promised(schedule),
    archiveReads: await archiveReads(vault, directory, committed),
  };
}

function promised(schedule: BackupRequest['schedule']): Pick<JudgedBackup, 'promised'> {
  if (!schedule?.retention) return {};
  return { promised: { retention: schedule.retention, timeZone: schedule.timeZone ?? 'UTC' } };
}

/**
 * The later of what the manifest says and of the TTL counted from the commit by OSS's time: the clock of the machine that
 * wrote the manifest may have been wrong, and what was promised is kept. As in Velero a TTL of nothing is the default.
 */
function ttlEnds({ spec, status }: Backup, madeAt: Date): Date {
  const ttl = parseGoDuration(spec.ttl ?? defaultTtl);
  const end = madeAt.getTime() + (ttl > 0 ? ttl : parseGoDuration(defaultTtl));
  return new Date(status.expiration === undefined ? end : Math.max(end, Date.parse(status.expiration)));
}

/** Uid of the cluster that a backup was made of. Undefined when the vault does not hold the catalogue that was committed. */
async function clusterOf(
  vault: ObjectStore,
  { name, catalogue }: BackupDirectory,
  committed: CommittedFacts,
): Promise<string | undefined> {
  const { sha256: digest, etag, clusterUid } = committed.catalogue;
  if (clusterUid !== undefined && etag !== undefined && catalogue?.etag === etag) return clusterUid;
  const { catalogue: key } = backupKeys(name);
  try {
    const { body } = await vault.get(key, { maxBytes: limitsOf(key).unpackedBytes });
    return digest === sha256Hex(body) ? parseCatalogue(key, gunzipJson(key, body)).clusterUid : undefined;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}

/** That the vault holds the bytes that were committed is seen by their CRC-64, which OSS keeps; they were read back then. */
async function archiveReads(
  vault: ObjectStore,
  { archive }: BackupDirectory,
  { archive: { size, crc64, etag } }: CommittedFacts,
): Promise<boolean> {
  if (archive?.size !== size) return false;
  if (archive.etag === etag) return true;
  const head = await vault.head(archive.key);
  return head?.size === size && head.crc64 === crc64;
}

/** What the state knows of a backup of ours that may not be read in the vault. */
function unreadFacts({
  committedAt,
  cluster,
  schedule,
}: CommittedFacts): Pick<JudgedBackup, 'unread' | 'madeAt'> | undefined {
  return schedule && { madeAt: new Date(committedAt), unread: { schedule: schedule.name, cluster } };
}

/** Why a backup that our state does not know is not ours. Nothing of it is read: anyone may have written it. */
function foreign({ catalogue }: BackupDirectory): Untouchable {
  return { untouchable: catalogue ? 'the state of this installation does not know it' : 'Velero wrote it' };
}
