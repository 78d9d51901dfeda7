import { sha256Hex } from '../../../platform/sha256';
import { longestName } from '../../../platform/input/names';

export const backupLabel = 'velero.io/backup-name';
export const restoreLabel = 'velero.io/restore-name';

/** A name as a label's value: beyond 63 characters its first 57 and 6 hex digits of its SHA-256 (pkg/label). */
export function labelValue(name: string): string {
  if (name.length <= longestName) return name;
  return name.slice(0, longestName - 6) + sha256Hex(name).slice(0, 6);
}

/** The labels of everything that a restore makes. */
export function restoreLabels(backup: string, restore: string): Record<string, string> {
  return { [backupLabel]: labelValue(backup), [restoreLabel]: labelValue(restore) };
}
