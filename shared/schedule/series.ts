import { backupNameStem } from '../manifests/names';
import type { Schedule } from '../manifests/schedule';

/** The backups that one schedule makes of one cluster. */
export interface Series {
  schedule: Schedule;
  cluster: string;
}

/** What the names of its backups have in common: `<stem>-<slot>`. */
export function stemOf({ schedule, cluster }: Series): string {
  return backupNameStem(schedule.metadata.name, cluster, schedule.spec.includeClusterInNames);
}

/** The slot in the name of a backup of this series; undefined for any other name. */
export function slotInName(stem: string, name: string): Date | undefined {
  if (!name.startsWith(`${stem}-`)) return undefined;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(name.slice(stem.length + 1)) ?? [];
  if (!year) return undefined;
  const slot = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(slot.getTime()) ? undefined : slot;
}
