/**
 * What the plan of a backup's volumes is made from. A survey of the cluster fills it in. All of it was written by people in
 * the cluster, so nothing here is trusted beyond its type.
 */
export interface VolumeFacts {
  /** Pods of the backup, each once. */
  pods: readonly PodFacts[];
  /** Claims of the backup and claims that its pods name, each once. */
  claims: readonly ClaimFacts[];
  /** PersistentVolumes that the claims are bound to. One that could not be read is absent. */
  volumes: readonly PersistentVolumeFacts[];
  snapshotClasses: SnapshotClasses;
}

export interface PodFacts {
  namespace: string;
  name: string;
  annotations?: Readonly<Record<string, string>>;
  /** `status.phase`. */
  phase?: string;
  volumes: readonly PodVolumeFacts[];
}

export interface PodVolumeFacts {
  name: string;
  /** The field of the pod's volume that names its source: `emptyDir`, `persistentVolumeClaim`, `ephemeral`, `secret`. */
  source: string;
  /** Name of its claim: `persistentVolumeClaim.claimName`, or of an ephemeral volume `<pod>-<volume>`. */
  claim?: string;
  /** Of a volume in the pod itself. */
  csi?: CsiSource;
  nfs?: NfsSource;
}

export interface ClaimFacts {
  namespace: string;
  name: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  /** `status.phase`: Bound, Pending, Lost. */
  phase?: string;
  /** `spec.volumeName`; absent while the claim is not bound. */
  volumeName?: string;
  storageClassName?: string;
  /** `status.capacity.storage`. */
  capacity?: string;
  accessModes?: readonly string[];
  /** Filesystem or Block. */
  volumeMode?: string;
}

export interface PersistentVolumeFacts {
  name: string;
  /** The field of its spec that names its source: `csi`, `nfs`, `hostPath`, `local`. */
  source: string;
  csi?: CsiSource;
  nfs?: NfsSource;
  /** `spec.capacity.storage`. */
  capacity?: string;
  storageClassName?: string;
}

export interface CsiSource {
  driver: string;
  volumeAttributes?: Readonly<Record<string, string>>;
}

export interface NfsSource {
  server: string;
  path: string;
}

/** The VolumeSnapshotClasses of the cluster, or one clause for people that says why there are none to choose from. */
export type SnapshotClasses =
  | { classes: readonly SnapshotClassFacts[]; unavailable?: undefined }
  | { classes?: undefined; unavailable: string };

export interface SnapshotClassFacts {
  name: string;
  driver: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  deletionPolicy?: string;
  parameters?: Readonly<Record<string, string>>;
}
