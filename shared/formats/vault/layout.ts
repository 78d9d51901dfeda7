/**
 * Every key of a vault, relative to its subdirectory. The layout is Velero's
 * (pkg/persistence/object_store_layout.go); ours are `<name>-lifeboat.json.gz` and what lies under `metadata/lifeboat/`,
 * which Velero tolerates and never reads.
 */

/** Parent of all backups. */
export const backups = 'backups/';

/** Parent of the records of all restores. */
const restores = 'restores/';

/** First-level directories that Velero accepts; any other makes it call the location Unavailable. */
export const legalDirectories = [
  'backups/',
  'restores/',
  'restic/',
  'metadata/',
  'plugins/',
  'kopia/',
] as const;

/** Keys of one backup's objects. */
export function backupKeys(name: string) {
  const directory = `${backups}${name}/`;
  const file = (suffix: string) => `${directory}${name}${suffix}`;
  return {
    /** Ends with `/`. */
    directory,
    /** Written last; its presence is what makes a backup visible. */
    manifest: `${directory}velero-backup.json`,
    archive: file('.tar.gz'),
    logs: file('-logs.gz'),
    results: file('-results.gz'),
    resourceList: file('-resource-list.json.gz'),
    podVolumeBackups: file('-podvolumebackups.json.gz'),
    volumeSnapshots: file('-volumesnapshots.json.gz'),
    itemOperations: file('-itemoperations.json.gz'),
    volumeInfo: file('-volumeinfo.json.gz'),
    /** The three of CSI are read where older servers wrote them (up to 1.17) and never written. */
    csiVolumeSnapshots: file('-csi-volumesnapshots.json.gz'),
    csiVolumeSnapshotContents: file('-csi-volumesnapshotcontents.json.gz'),
    csiVolumeSnapshotClasses: file('-csi-volumesnapshotclasses.json.gz'),
    /** Ours alone. */
    catalogue: file('-lifeboat.json.gz'),
    /** Ours alone, where the installation has a signing key. */
    signature: file('-lifeboat-signature.json'),
    /** Ours alone, where the bucket keeps versions: who came first under this name (commit/first-writer.ts). */
    writer: file('-lifeboat-writer.json'),
    /** Ours alone, beside a copy: where it came from (copy-origin.ts). */
    origin: file('-lifeboat-origin.json'),
  };
}

/** Keys of one restore's objects; the volume info has no `restore-` prefix, as in Velero. */
export function restoreKeys(name: string) {
  const directory = `${restores}${name}/`;
  const file = (suffix: string) => `${directory}restore-${name}${suffix}`;
  return {
    /** Ends with `/`. */
    directory,
    logs: file('-logs.gz'),
    results: file('-results.gz'),
    resourceList: file('-resource-list.json.gz'),
    itemOperations: file('-itemoperations.json.gz'),
    volumeInfo: `${directory}${name}-volumeinfo.json.gz`,
  };
}

/** Where earlier releases kept what they were deleting. Nothing there decides anything (retention/take-over-marks.ts). */
export const deletions = 'metadata/lifeboat/deletions/';

/** The marks that an earlier release left of a deletion. */
export function deletionKeys(backup: string) {
  return {
    /** Created before anything was deleted. */
    requested: `${deletions}${backup}/requested.json`,
    /** Created when `velero-backup.json` was gone. */
    hidden: `${deletions}${backup}/hidden.json`,
  };
}

/** The name of a directory that a listing with a delimiter gave: `backups/shop-1/` → `shop-1`. */
export function directoryName(prefix: string): string {
  return prefix.replace(/\/$/, '').split('/').pop() ?? '';
}
