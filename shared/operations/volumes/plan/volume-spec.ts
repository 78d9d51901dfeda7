import type { BackupSpec } from '../../../formats/manifests/velero';

/** What of a backup decides how volumes are saved. */
export interface VolumeSpec
  extends Pick<BackupSpec, 'snapshotVolumes' | 'defaultVolumesToFsBackup' | 'resourcePolicies'> {
  /** Of the backup: they may name a VolumeSnapshotClass for a driver. */
  annotations?: Readonly<Record<string, string>>;
}
