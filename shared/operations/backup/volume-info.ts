import type { BackupVolumeInfo } from '../../formats/manifests/velero';
import type { SavedSnapshot } from '../volumes/plan/planned-volume';

/** What is known of a PersistentVolume in the backup. */
export interface StoredVolume {
  /** `<namespace>/<name>` of its claim. */
  claim?: string;
  reclaimPolicy?: string;
  labels: Record<string, string> | null;
}

type Which = Pick<BackupVolumeInfo, 'pvcName' | 'pvcNamespace' | 'pvName' | 'pvbInfo'>;

/** The entry of a volume whose data is not in the backup. */
export function skippedInfo(
  which: Which,
  reason: string,
  volume: StoredVolume | undefined,
): BackupVolumeInfo {
  return {
    ...which,
    snapshotDataMoved: false,
    preserveLocalSnapshot: false,
    skipped: true,
    skippedReason: reason,
    ...pvInfo(volume),
  };
}

/**
 * The entry of a claim with a snapshot, as Velero 1.18 writes it: `preserveLocalSnapshot` because the snapshot stays in the
 * storage system, and the operation by which Velero waits until it is ready (`<namespace>/<snapshot>/<time>`).
 */
export function snapshotInfo(
  which: Which & { pvcNamespace: string },
  saved: SavedSnapshot,
  volume: StoredVolume | undefined,
): BackupVolumeInfo {
  return {
    ...which,
    backupMethod: 'CSISnapshot',
    snapshotDataMoved: false,
    preserveLocalSnapshot: true,
    skipped: false,
    startTimestamp: seconds(saved.startedAt),
    completionTimestamp: seconds(saved.endedAt),
    result: 'succeeded',
    csiSnapshotInfo: {
      snapshotHandle: saved.handle,
      size: saved.size ?? 0,
      driver: saved.driver,
      vscName: saved.contentName,
      operationID: `${which.pvcNamespace}/${saved.snapshotName}/${seconds(saved.startedAt)}`,
      ReadyToUse: saved.readyToUse,
    },
    ...pvInfo(volume),
  };
}

function pvInfo(volume: StoredVolume | undefined): Pick<BackupVolumeInfo, 'pvInfo'> {
  if (!volume) return {};
  const { reclaimPolicy, labels } = volume;
  return { pvInfo: { ...(reclaimPolicy ? { reclaimPolicy } : {}), labels } };
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
