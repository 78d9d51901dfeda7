type VolumeMethod = 'snapshot' | 'files' | 'skip';

/** How the data of one claim, or of one pod volume without a claim, is saved, and why. */
export interface PlannedVolume {
  namespace: string;
  /** The claim; absent for a pod volume without one (emptyDir). */
  claim?: string;
  /** The PersistentVolume that it is bound to. */
  pv?: string;
  /** Pods of the backup that mount it, each with its name of the volume. */
  mounts: { pod: string; volume: string }[];
  method: VolumeMethod;
  /** One clause, for people: why this method. */
  reason: string;
  /** Somebody asked for this data: not saved makes the backup PartiallyFailed. Otherwise a warning that names the claim. */
  asked: boolean;
  /** The volume has no data of its own, or a person chose to leave it out: not saved is no warning. Never with `asked`. */
  noWarning?: boolean;
  /** With `snapshot`: the VolumeSnapshotClass and the CSI driver. */
  snapshotClass?: string;
  driver?: string;
}

/** What became of a planned volume. */
export interface VolumeOutcome {
  volume: PlannedVolume;
  saved?: SavedSnapshot;
  /** One clause, for people: why its data is not in the backup. Absent where the plan says all there is to say. */
  notSaved?: string;
}

/** A snapshot that is in the storage system. */
export interface SavedSnapshot {
  method: 'snapshot';
  /** By which the driver knows the snapshot (`snapshotHandle`). */
  handle: string;
  driver: string;
  /** The VolumeSnapshotContent and the VolumeSnapshot in the archive. */
  contentName: string;
  snapshotName: string;
  /** `restoreSize` in bytes; absent where the driver names none. */
  size?: number;
  readyToUse: boolean;
  startedAt: Date;
  endedAt: Date;
}
