import type { BackupVolumeInfo } from '../../../formats/manifests/velero';
import type { VolumeFact } from './volume-facts';

/** Whether a PersistentVolume comes back as it was, or why not. */
export type VolumeFate = { restore: true } | { restore: false; reason: string };

const methods: Record<NonNullable<BackupVolumeInfo['backupMethod']>, string> = {
  NativeSnapshot: 'a disk snapshot',
  PodVolumeBackup: 'a file-system backup (kopia)',
  CSISnapshot: 'a CSI snapshot',
};

/**
 * Velero's rules for a volume (pkg/restore, restoreItem on PersistentVolumes): with data in the backup it is provisioned
 * anew; else the reclaim policy decides, since a volume with Delete went with its claim.
 * @param info what the backup says of its data
 */
export function volumeFate(fact: VolumeFact | undefined, info: BackupVolumeInfo | undefined): VolumeFate {
  if (info?.backupMethod && !info.skipped) {
    if (info.backupMethod === 'CSISnapshot' && !info.snapshotDataMoved) {
      return {
        restore: false,
        reason: 'its data is in the backup as a CSI snapshot, from which its claim gets a new volume',
      };
    }
    const data = info.snapshotDataMoved ? 'a CSI snapshot moved to kopia' : methods[info.backupMethod];
    return { restore: false, reason: `its data is in the backup as ${data}, which is not restored yet` };
  }
  if (!fact) return { restore: false, reason: 'its volume is not in the backup' };
  if (fact.reclaimPolicy === 'Delete') {
    return {
      restore: false,
      reason: 'its reclaim policy is Delete, so that its storage went with its claim',
    };
  }
  return { restore: true };
}
