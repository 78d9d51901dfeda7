import type { Schedule } from '../../formats/manifests/schedule';
import { clusterStems } from '../../formats/manifests/schedule-names';

/** The backups that one schedule makes of one cluster. */
export interface Series {
  schedule: Schedule;
  cluster: string;
}

/** What the names of its backups begin with, in each form that they have had: `<stem>-<slot>`; the first begins all others. */
export function stemsOf({ schedule, cluster }: Series): string[] {
  return clusterStems(schedule, cluster);
}

/** The slot in the name of a backup of this series; undefined for any other name. */
export function slotInName(stems: readonly string[], name: string): Date | undefined {
  const [, stem = '', year, month, day, hour, minute, second] =
    /^(.+)-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(name) ?? [];
  if (!year || !stems.includes(stem)) return undefined;
  const slot = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(slot.getTime()) ? undefined : slot;
}
