import type { Retention } from '../../formats/manifests/retention';

/** Backups that are judged together: of one schedule, of one cluster. */
export interface Series {
  schedule: string;
  /** Registered name. */
  cluster: string;
  /** Of its kube-system namespace: another cluster under the same name is another series. */
  clusterUid: string;
}

/** Rules, and the time zone whose hours, days, weeks, months and years they count. */
export interface Rules {
  retention: Retention;
  /** IANA name. */
  timeZone: string;
}

/** A backup of a vault as retention judges it. Times are OSS's, never a machine's. */
export interface JudgedBackup {
  name: string;
  /** Why nothing touches it, as it stands in a verdict: `Velero wrote it`. Such a backup counts for nothing else. */
  untouchable?: string;
  phase?: string;
  /** Objects in it. */
  items: number;
  /** When it was committed. */
  madeAt: Date;
  /** Absent where it has no end that can be read. */
  ttlEnds?: Date;
  /** Absent for one on demand. */
  series?: Series;
  /** Rules that its schedule had when it was asked for. */
  promised?: Rules;
  /** It may not be read, so the next backup of this schedule and cluster cannot be measured against it. */
  unread?: Pick<Series, 'schedule' | 'cluster'>;
  /** False when the vault no longer holds the archive that was committed. */
  archiveReads: boolean;
}

export function seriesKey({ schedule, cluster, clusterUid }: Series): string {
  return [schedule, cluster, clusterUid].join('\0');
}

/** Newest first; of the same second the greater name first, so that every pass sees the same order. */
export function newestFirst(left: JudgedBackup, right: JudgedBackup): number {
  return right.madeAt.getTime() - left.madeAt.getTime() || (left.name < right.name ? 1 : -1);
}
