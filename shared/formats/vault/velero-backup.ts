import { defaultTtl, formatGoDuration, parseGoDuration } from '../manifests/go-duration';
import type { Backup, BackupSpec, BackupStatus } from '../manifests/velero';

/** What is known of a finished backup; everything else in `velero-backup.json` follows from it. */
export interface BackupFacts {
  name: string;
  /** A random UUID: Velero's side files refer to it. */
  uid: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** As asked for; defaults are filled in here. */
  spec: BackupSpec;
  /** Vault's name: `spec.storageLocation` and the label `velero.io/storage-location`. */
  storageLocation: string;
  serverVersion: { gitVersion: string; major: string; minor: string };
  startTimestamp: Date;
  completionTimestamp: Date;
  phase: 'Completed' | 'PartiallyFailed' | 'Failed';
  failureReason?: string;
  errors: number;
  warnings: number;
  items: number;
  hooks?: { attempted: number; failed: number };
  /** CSI snapshots. */
  snapshots?: { attempted: number; completed: number };
  /** False where rules, a hold or WORM keep the backup: without `status.expiration` no Velero deletes it. */
  expires: boolean;
}

/** The Backup that Velero 1.18.3 would have written for the same facts, fields in its order. */
export function veleroBackup(facts: BackupFacts): Backup {
  const spec = withDefaults(facts.spec, facts.storageLocation);
  const ttl = parseGoDuration(spec.ttl ?? defaultTtl);
  return {
    kind: 'Backup',
    apiVersion: 'velero.io/v1',
    metadata: {
      name: facts.name,
      namespace: 'velero',
      uid: facts.uid,
      creationTimestamp: seconds(facts.startTimestamp),
      labels: { ...facts.labels, 'velero.io/storage-location': facts.storageLocation },
      annotations: {
        ...facts.annotations,
        ...ownAnnotations(facts.spec),
        'velero.io/resource-timeout': '10m0s',
        'velero.io/source-cluster-k8s-gitversion': facts.serverVersion.gitVersion,
        'velero.io/source-cluster-k8s-major-version': facts.serverVersion.major,
        'velero.io/source-cluster-k8s-minor-version': facts.serverVersion.minor,
      },
    },
    spec,
    status: dropUndefined({
      version: 1,
      formatVersion: '1.1.0',
      expiration: facts.expires ? seconds(new Date(facts.startTimestamp.getTime() + ttl)) : undefined,
      phase: facts.phase,
      startTimestamp: seconds(facts.startTimestamp),
      completionTimestamp: seconds(facts.completionTimestamp),
      failureReason: facts.failureReason,
      warnings: facts.warnings || undefined,
      errors: facts.errors || undefined,
      progress: dropUndefined({
        totalItems: facts.items || undefined,
        itemsBackedUp: facts.items || undefined,
      }),
      ...snapshotStatus(facts.snapshots),
      hookStatus: dropUndefined({
        hooksAttempted: facts.hooks?.attempted || undefined,
        hooksFailed: facts.hooks?.failed || undefined,
      }),
    }),
  };
}

/** What of a spec is Lifeboat's, and not in Velero's. */
function ownAnnotations(spec: BackupSpec): Record<string, string> {
  const { allApiVersions, hookOutput, resourcePolicies, includedNamespacesByLabel } = spec;
  return {
    ...(allApiVersions && { 'lifeboat/all-api-versions': 'true' }),
    ...(hookOutput && { 'lifeboat/hook-output': hookOutput }),
    ...(resourcePolicies && { 'lifeboat/resource-policies': JSON.stringify(resourcePolicies) }),
    ...(includedNamespacesByLabel?.length && {
      'lifeboat/included-namespaces-by-label': JSON.stringify(includedNamespacesByLabel),
    }),
  };
}

/** A snapshot is an operation too, which ends when it is ready. */
function snapshotStatus({ attempted, completed } = { attempted: 0, completed: 0 }): Partial<BackupStatus> {
  return {
    csiVolumeSnapshotsAttempted: attempted || undefined,
    csiVolumeSnapshotsCompleted: completed || undefined,
    backupItemOperationsAttempted: attempted || undefined,
    backupItemOperationsCompleted: completed || undefined,
    backupItemOperationsFailed: attempted - completed || undefined,
  };
}

/** How many objects a manifest says that the backup holds: Go leaves 0 out. Undefined where it says nothing of them. */
export function itemsIn(progress: BackupStatus['progress']): number | undefined {
  return progress && (progress.itemsBackedUp ?? 0);
}

/** Two-space JSON with Go's escapes and no newline at the end, as Velero's encoder leaves it. */
export function encodeBackup(backup: Backup): Buffer {
  const text = JSON.stringify(backup, null, 2).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Buffer.from(text);
}

const namespacedExcludes = 'volumesnapshots.snapshot.storage.k8s.io';
const clusterExcludes = 'volumesnapshotcontents.snapshot.storage.k8s.io';

/** The server's defaults (pkg/controller/backup_controller.go, prepareBackupRequest), fields in the order of the Go struct. */
function withDefaults(asked: BackupSpec, storageLocation: string): BackupSpec {
  const old = Boolean(
    asked.includedResources?.length ||
      asked.excludedResources?.length ||
      asked.includeClusterResources !== undefined,
  );
  const {
    metadata,
    allApiVersions: _versions,
    resourcePolicies: _policies,
    includedNamespacesByLabel: _labels,
    hookOutput: _output,
    ...rest
  } = asked;
  const spec: BackupSpec = {
    metadata: dropUndefined({ labels: metadata?.labels }),
    includedNamespaces: asked.includedNamespaces?.length ? asked.includedNamespaces : ['*'],
    excludedNamespaces: asked.excludedNamespaces,
    includedResources: asked.includedResources,
    excludedResources: old
      ? append(asked.excludedResources, namespacedExcludes, clusterExcludes)
      : asked.excludedResources,
    includedClusterScopedResources: asked.includedClusterScopedResources,
    excludedClusterScopedResources: old
      ? asked.excludedClusterScopedResources
      : append(asked.excludedClusterScopedResources, clusterExcludes),
    includedNamespaceScopedResources: asked.includedNamespaceScopedResources,
    excludedNamespaceScopedResources: old
      ? asked.excludedNamespaceScopedResources
      : append(asked.excludedNamespaceScopedResources, namespacedExcludes),
    labelSelector: asked.labelSelector,
    orLabelSelectors: asked.orLabelSelectors,
    snapshotVolumes: asked.snapshotVolumes,
    ttl: goDuration(asked.ttl, defaultTtl),
    volumeGroupSnapshotLabelKey: asked.volumeGroupSnapshotLabelKey ?? 'velero.io/volume-group',
    includeClusterResources: asked.includeClusterResources,
    hooks: asked.hooks ?? {},
    storageLocation,
    defaultVolumesToFsBackup: asked.defaultVolumesToFsBackup ?? false,
    orderedResources: asked.orderedResources,
    csiSnapshotTimeout: goDuration(asked.csiSnapshotTimeout, '10m0s'),
    itemOperationTimeout: goDuration(asked.itemOperationTimeout, '4h0m0s'),
    snapshotMoveData: asked.snapshotMoveData ?? false,
  };
  // Fields that a newer Velero knows and this list does not are kept, at the end.
  for (const [field, value] of Object.entries(rest))
    if (!(field in spec)) Object.assign(spec, { [field]: value });
  return dropUndefined(spec);
}

function goDuration(asked: string | undefined, byDefault: string): string {
  return formatGoDuration(parseGoDuration(asked ?? byDefault));
}

/** Nothing is added to "everything is excluded". */
function append(list: string[] = [], ...more: string[]): string[] {
  return list.includes('*') ? list : [...list, ...more.filter((one) => !list.includes(one))];
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function dropUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
