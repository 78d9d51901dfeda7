import pLimit from 'p-limit';
import { sha256Hex } from '../../platform/sha256';
import { isKind, messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import { nameFilters } from '../../formats/manifests/selection/spec-filters';
import type { Backup, BackupSpec } from '../../formats/manifests/velero';
import { type BackupDirectory, backupDirectories } from '../../formats/vault/backup-directories';
import { parseBackup, readManifestBytes } from '../../formats/vault/backup-manifest';
import type { Origin } from '../origin/origin';
import { type OriginSources, type ProvenBackup, proveOrigin } from '../origin/prove-origin';
import { readReplicationHint, writeReplicationHint } from './replication-hint';
import type { VaultBackup } from './vault-backup';

export interface VaultSurvey {
  backups: VaultBackup[];
  /** Backups that could not be looked at now; another pass may. */
  failed: { name: string; reason: string }[];
}

const terminal = new Set(['Completed', 'PartiallyFailed']);

/**
 * The complete backups of a vault: of a terminal phase (Velero writes its manifest first, and twice) and with their archive.
 * Costs a listing of a page for each hundred backups, and up to six requests for each that is new or changed since the last
 * time: facts are kept with the ETags that they were read from.
 */
export async function surveyBackups(sources: OriginSources): Promise<VaultSurvey> {
  const { state, vaultName, vault } = sources;
  const known = await readReplicationHint(state, vaultName);
  const now = new Map<string, { etags: string; backup: VaultBackup }>();
  const survey: VaultSurvey = { backups: [], failed: [] };
  const limit = pLimit(16);
  for await (const { directories } of backupDirectories(vault)) {
    await Promise.all(directories.map((directory) => limit(() => look(directory))));
  }
  await writeReplicationHint(state, vaultName, known, now);
  return survey;

  async function look(directory: BackupDirectory): Promise<void> {
    const { name, manifest, archive } = directory;
    if (!manifest || !archive) return;
    const etags = etagsOf(directory);
    const earlier = known.get(name);
    try {
      const backup =
        earlier?.etags === etags
          ? earlier.backup
          : await readVaultBackup(sources, name, manifest.lastModified);
      if (!backup) return;
      survey.backups.push(backup);
      now.set(name, { etags, backup });
    } catch (error) {
      survey.failed.push({ name, reason: messageOf(error) });
    }
  }
}

/** Undefined unless its phase is terminal, and when it was deleted since the listing. */
async function readVaultBackup(
  sources: OriginSources,
  name: string,
  landed: Date,
): Promise<VaultBackup | undefined> {
  try {
    const bytes = await readManifestBytes(sources.vault, name);
    return (await vaultBackupOf(sources, name, bytes, landed))?.backup;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    if (!isKind(error, 'corrupt')) throw error;
    const origin: Origin = { proof: 'broken', reason: messageOf(error) };
    return { name, phase: 'Unreadable', at: instant(landed), items: 0, scope: '', origin };
  }
}

/**
 * What the bytes of a manifest say of a backup, and what proves them; undefined unless the phase is terminal.
 * @param landed OSS's time of the manifest
 * @throws LifeboatError `corrupt` when they are no Backup
 */
export async function vaultBackupOf(
  sources: OriginSources,
  name: string,
  bytes: Buffer,
  landed: Date,
): Promise<{ backup: VaultBackup; manifest: Backup; proofs: ProvenBackup['proofs'] } | undefined> {
  const manifest = parseBackup(name, bytes);
  const phase = manifest.status.phase ?? '';
  if (!terminal.has(phase)) return undefined;
  const { origin, proofs } = await proveOrigin(sources, name, bytes);
  const { spec, status, metadata } = manifest;
  const schedule = metadata.labels?.['velero.io/schedule-name'];
  const backup: VaultBackup = {
    name,
    phase,
    at: asOf(status.startTimestamp, landed),
    items: status.progress?.itemsBackedUp ?? 0,
    ...(schedule !== undefined && { schedule }),
    scope: scopeOf(spec),
    ...(isSome(spec.includedNamespaces) && { namespaces: spec.includedNamespaces }),
    origin,
  };
  return { backup, manifest, proofs };
}

/** No backup began after it had landed, whatever the clock of its writer said. */
function asOf(started: string | undefined, landed: Date): string {
  const time = started === undefined ? landed.getTime() : Date.parse(started);
  return instant(new Date(Math.min(time, landed.getTime())));
}

function isSome(namespaces: string[] | undefined): boolean {
  return namespaces !== undefined && namespaces.length > 0 && !namespaces.includes('*');
}

const filters = [
  ...nameFilters,
  'labelSelector',
  'orLabelSelectors',
  'includeClusterResources',
] as const satisfies (keyof BackupSpec)[];

function scopeOf(spec: Backup['spec']): string {
  const asked = JSON.stringify(filters.map((field) => spec[field] ?? null));
  return sha256Hex(asked).slice(0, 16);
}

/** Two listings with the same say that nothing changed which decides about a backup. */
function etagsOf({ manifest, archive, catalogue, signature }: BackupDirectory): string {
  return [manifest, archive, catalogue, signature].map((object) => object?.etag ?? '-').join(' ');
}

/** Newest first; of the same moment the greater name first. */
export function newestFirst(left: VaultBackup, right: VaultBackup): number {
  return isNewer(left, right) ? -1 : 1;
}

/** Whether one holds the source as of later than the other: a total order, so that everyone sees the same. */
export function isNewer(one: { name: string; at: string }, other: { name: string; at: string }): boolean {
  const difference = Date.parse(one.at) - Date.parse(other.at);
  return difference === 0 ? one.name > other.name : difference > 0;
}
