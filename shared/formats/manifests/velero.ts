import type { BackupHooksSpec } from './hooks';
import type { ResourcePolicies } from './velero-resource-policies';
import type { LabelSelector } from './selection/selector';

export type { LabelSelector };

/**
 * Velero's objects as they lie in a vault (velero.io/v1). Field names and shapes are Velero's; sources: pkg/apis/velero/v1.
 */
export interface BackupSpec {
  metadata?: { labels?: Record<string, string> };
  includedNamespaces?: string[];
  excludedNamespaces?: string[];
  includedResources?: string[];
  excludedResources?: string[];
  includedClusterScopedResources?: string[];
  excludedClusterScopedResources?: string[];
  includedNamespaceScopedResources?: string[];
  excludedNamespaceScopedResources?: string[];
  labelSelector?: LabelSelector;
  orLabelSelectors?: LabelSelector[];
  includeClusterResources?: boolean;
  snapshotVolumes?: boolean;
  defaultVolumesToFsBackup?: boolean;
  /** Go duration, for example `720h0m0s`. */
  ttl?: string;
  storageLocation?: string;
  /** Resource → `ns/a,ns/b`. */
  orderedResources?: Record<string, string>;
  hooks?: BackupHooksSpec;
  csiSnapshotTimeout?: string;
  itemOperationTimeout?: string;
  snapshotMoveData?: boolean;
  volumeGroupSnapshotLabelKey?: string;
  /**
   * Ours: stores every served version of each kind, as a Velero server with the feature EnableAPIGroupVersions does. It is
   * an annotation of `velero-backup.json`, not in its spec.
   */
  allApiVersions?: boolean;
  /** Ours: the end of each hook's output goes into the log, not only of those that fail. An annotation of `velero-backup.json`. */
  hookOutput?: 'log';
  /** Ours: Velero's resource policies inline, where Velero names a ConfigMap. An annotation of `velero-backup.json`. */
  resourcePolicies?: ResourcePolicies;
  /**
   * Ours: label selectors of namespaces, as kubectl writes them. `velero-backup.json` has the names that they matched in
   * `includedNamespaces`, and the selectors in an annotation.
   */
  includedNamespacesByLabel?: string[];
}

type BackupPhase = 'Completed' | 'PartiallyFailed' | 'Failed' | (string & {});

export interface BackupStatus {
  version?: number;
  formatVersion?: string;
  expiration?: string;
  phase?: BackupPhase;
  validationErrors?: string[];
  startTimestamp?: string;
  completionTimestamp?: string;
  failureReason?: string;
  warnings?: number;
  errors?: number;
  progress?: { totalItems?: number; itemsBackedUp?: number };
  hookStatus?: { hooksAttempted?: number; hooksFailed?: number };
  [field: string]: unknown;
}

interface VeleroMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  [field: string]: unknown;
}

/** `velero-backup.json`. */
export interface Backup {
  apiVersion: 'velero.io/v1';
  kind: 'Backup';
  metadata: VeleroMetadata;
  spec: BackupSpec;
  status: BackupStatus;
}

export interface RestoreSpec {
  backupName: string;
  includedNamespaces?: string[];
  excludedNamespaces?: string[];
  includedResources?: string[];
  excludedResources?: string[];
  namespaceMapping?: Record<string, string>;
  labelSelector?: LabelSelector;
  orLabelSelectors?: LabelSelector[];
  includeClusterResources?: boolean;
  restorePVs?: boolean;
  restoreStatus?: { includedResources?: string[]; excludedResources?: string[] };
  preserveNodePorts?: boolean;
  /** `none` (default): what exists is left alone. */
  existingResourcePolicy?: 'none' | 'update';
}

/** One half of `-results.gz`: messages of the run itself, of cluster-scoped objects, and by namespace. */
export interface Result {
  velero?: string[];
  cluster?: string[];
  namespaces?: Record<string, string[]>;
}

/** `<name>-results.gz`. */
export interface Results {
  errors: Result;
  warnings: Result;
}

/** An entry of `<name>-volumeinfo.json.gz`; capital `ReadyToUse` and `Phase` are Velero's untagged Go fields. */
export interface BackupVolumeInfo {
  pvcName?: string;
  pvcNamespace?: string;
  pvName?: string;
  backupMethod?: 'NativeSnapshot' | 'PodVolumeBackup' | 'CSISnapshot';
  snapshotDataMoved: boolean;
  preserveLocalSnapshot: boolean;
  skipped: boolean;
  skippedReason?: string;
  startTimestamp?: string;
  completionTimestamp?: string;
  result?: 'succeeded' | 'failed';
  pvbInfo?: Record<string, unknown>;
  csiSnapshotInfo?: Record<string, unknown>;
  snapshotDataMovementInfo?: Record<string, unknown>;
  nativeSnapshotInfo?: Record<string, unknown>;
  pvInfo?: { reclaimPolicy?: string; labels?: Record<string, string> | null };
}

/** An entry of the `<name>-volumeinfo.json.gz` of a restore (internal/volume, RestoreVolumeInfo). */
export interface RestoreVolumeInfo {
  pvcName: string;
  pvcNamespace: string;
  /** Absent where the claim was not bound when the restore ended. */
  pvName?: string;
  restoreMethod: 'CSISnapshot';
  snapshotDataMoved: boolean;
  csiSnapshotInfo?: { snapshotHandle: string; size: number; driver: string; vscName: string };
}

/** `<name>-resource-list.json.gz`: `apps/v1/Deployment` → sorted `ns/name` or `name`. */
export type ResourceList = Record<string, string[]>;
