import { createHash } from 'node:crypto';
import { isKind, messageOf } from '../../platform/errors';
import { DEFAULT_TTL, parseGoDuration } from '../../formats/manifests/go-duration';
import { isName } from '../../platform/input/names';
import type { BackupRequest } from '../../formats/manifests/run';
import type { Backup } from '../../formats/manifests/velero';
import { findRequest } from '../../formats/state/run/requests';
import { type RunId, runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import type { BackupDirectory } from '../../formats/vault/backup-directories';
import { parseBackup, readManifestBytes } from '../../formats/vault/backup-manifest';
import type { Catalogue } from '../../formats/vault/side-files/catalogue';
import { parseCatalogue } from '../../formats/vault/side-files/catalogue-file';
import { type CommitRecord, findCommit } from '../../formats/vault/commit/commit-record';
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
 * a vault, or changed there, can pass for a backup of ours. Costs up to five requests.
 * Undefined when its manifest was deleted since the listing.
 */
export async function readFacts(
  sources: FactSources,
  directory: BackupDirectory,
): Promise<JudgedBackup | undefined> {
  const { name } = directory;
  const unknown = { name, items: 0, madeAt: new Date(0), archiveReads: false };
  try {
    const bytes = await readManifestBytes(sources.vault, name);
    const manifest = parseBackup(name, bytes);
    const facts = await committedFacts(sources, directory, manifest, bytes);
    return { ...unknown, ...(facts ?? foreign(directory)) };
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    if (isKind(error, 'corrupt') || isKind(error, 'invalid'))
      return { ...unknown, untouchable: messageOf(error) };
    // Where it is the state that denies itself, this throws too.
    if (isKind(error, 'denied'))
      return { ...unknown, untouchable: messageOf(error), ...(await unreadFacts(sources.state, name)) };
    throw error;
  }
}

async function committedFacts(
  sources: FactSources,
  directory: BackupDirectory,
  manifest: Backup,
  bytes: Buffer,
): Promise<Omit<JudgedBackup, 'name'> | Untouchable | undefined> {
  const { vaultName, state } = sources;
  const { name } = directory;
  if (!isName(name)) return undefined;
  const run: RunId = { kind: 'backups', name };
  const committed = await findCommit(runStore(state, run));
  const commit = committed?.record;
  const request = commit && (await findRequest(state, run));
  if (!commit || request?.kind !== 'BackupRequest') return undefined;
  if (sha256(bytes) !== commit.manifest.sha256)
    return { untouchable: 'its manifest is not the one that was committed' };
  if (request.vault !== vaultName && !sources.copied?.has(name))
    return { untouchable: `it is a copy: it was asked for in vault "${request.vault}"` };
  const catalogue = await committedCatalogue(sources, name, commit);
  if (!catalogue) return { untouchable: 'its catalogue is not the one that was committed' };
  const madeAt = commit.adopted ? new Date(commit.adopted.madeAt) : committed.at;
  const { schedule } = request;
  return {
    phase: manifest.status.phase,
    items: manifest.status.progress?.itemsBackedUp ?? 0,
    madeAt,
    ttlEnds: ttlEnds(manifest, madeAt),
    ...(schedule && {
      series: { schedule: schedule.name, cluster: request.cluster, clusterUid: catalogue.clusterUid },
    }),
    ...promised(schedule),
    archiveReads: await archiveReads(sources.vault, directory, commit),
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
  const ttl = parseGoDuration(spec.ttl ?? DEFAULT_TTL);
  const end = madeAt.getTime() + (ttl > 0 ? ttl : parseGoDuration(DEFAULT_TTL));
  return new Date(status.expiration === undefined ? end : Math.max(end, Date.parse(status.expiration)));
}

async function committedCatalogue(
  { vault }: FactSources,
  name: string,
  commit: CommitRecord,
): Promise<Catalogue | undefined> {
  const { catalogue: key } = backupKeys(name);
  const proof = commit.files.find((file) => file.key === key);
  try {
    const { body } = await vault.get(key, { maxBytes: limitsOf(key).unpackedBytes });
    return proof?.sha256 === sha256(body) ? parseCatalogue(key, gunzipJson(key, body)) : undefined;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}

/** That the vault holds the bytes that were committed is seen by their CRC-64, which OSS keeps; they were read back then. */
async function archiveReads(
  vault: ObjectStore,
  { archive }: BackupDirectory,
  commit: CommitRecord,
): Promise<boolean> {
  if (archive?.size !== commit.archive.size) return false;
  const head = await vault.head(archive.key);
  return head?.size === commit.archive.size && head.crc64 === commit.archive.crc64;
}

/** What the state knows of a backup of ours that may not be read in the vault. */
async function unreadFacts(
  state: ObjectStore,
  name: string,
): Promise<Pick<JudgedBackup, 'unread' | 'madeAt'> | undefined> {
  if (!isName(name)) return undefined;
  const run: RunId = { kind: 'backups', name };
  const committed = await findCommit(runStore(state, run));
  const commit = committed?.record;
  const request = commit && (await findRequest(state, run));
  if (request?.kind !== 'BackupRequest' || !request.schedule) return undefined;
  return {
    madeAt: commit?.adopted ? new Date(commit.adopted.madeAt) : committed!.at,
    unread: { schedule: request.schedule.name, cluster: request.cluster },
  };
}

/** Why a backup that our state does not know is not ours. Nothing but its manifest is read: anyone may have written the rest. */
function foreign({ catalogue }: BackupDirectory): Untouchable {
  return { untouchable: catalogue ? 'the state of this installation does not know it' : 'Velero wrote it' };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
