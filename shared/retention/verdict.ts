/** A backup as retention judges it. */
export interface Judged {
  name: string;
  phase?: string;
  /** End of its TTL; absent where nothing but a person lets it go. */
  expiration?: string;
  startTimestamp?: string;
  writer: 'lifeboat' | 'velero';
  /** From its catalogue; undefined when it has none or it cannot be read. */
  installation?: string;
  /** Schedule and cluster it belongs to; undefined for one on demand. */
  series?: { schedule: string; cluster: string };
}

export interface Verdict {
  name: string;
  delete: boolean;
  /** Why, for people: `its TTL ended 2026-11-22T02:00:00Z`. */
  reason: string;
}

export interface Circumstances {
  /** This installation's id. */
  installation: string;
  /** OSS's time. */
  now: Date;
  /** Backups that open restores read. */
  inUse: ReadonlySet<string>;
}

/**
 * Which backups of one vault go, and why each stays or goes. A backup goes only when it is this installation's and its TTL is over; of each
 * schedule and cluster the newest Completed one never goes, nor a PartiallyFailed one that is newer.
 */
export function verdicts(backups: readonly Judged[], circumstances: Circumstances): Verdict[] {
  const last = newestCompleted(
    backups.filter((backup) => backup.installation === circumstances.installation),
  );
  return backups.map((backup) => {
    const kept = reasonToKeep(backup, last, circumstances);
    return { name: backup.name, delete: !kept, reason: kept ?? `its TTL ended ${backup.expiration}` };
  });
}

function reasonToKeep(
  backup: Judged,
  last: ReadonlyMap<string, Judged>,
  { installation, now, inUse }: Circumstances,
): string | undefined {
  if (backup.writer !== 'lifeboat') return 'it is not ours: Velero wrote it';
  if (backup.installation === undefined) return 'its catalogue cannot be read';
  if (backup.installation !== installation) return 'another installation wrote it';
  if (!backup.expiration) return 'it has no expiration';
  const end = Date.parse(backup.expiration);
  if (Number.isNaN(end)) return 'its expiration cannot be read';
  if (end > now.getTime()) return `its TTL ends ${backup.expiration}`;
  if (inUse.has(backup.name)) return 'a restore reads it';
  if (!backup.series) return undefined;
  const newest = last.get(seriesKey(backup.series));
  if (newest?.name === backup.name) return 'it is the newest Completed one of its schedule and cluster';
  if (backup.phase === 'PartiallyFailed' && (!newest || startOf(backup) > startOf(newest))) {
    return 'no newer one of its schedule and cluster is Completed';
  }
  return undefined;
}

function newestCompleted(backups: readonly Judged[]): Map<string, Judged> {
  const newest = new Map<string, Judged>();
  for (const backup of backups) {
    if (!backup.series || backup.phase !== 'Completed') continue;
    const key = seriesKey(backup.series);
    const other = newest.get(key);
    if (!other || startOf(backup) > startOf(other)) newest.set(key, backup);
  }
  return newest;
}

function seriesKey({ schedule, cluster }: { schedule: string; cluster: string }): string {
  return `${schedule}/${cluster}`;
}

/** One without a start counts as the oldest, so that it protects nothing. */
function startOf(backup: Judged): number {
  const start = Date.parse(backup.startTimestamp ?? '');
  return Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start;
}
