/**
 * What Velero takes for granted of a vault that it reads, and what each vault written by a real Velero shows. Sources:
 * Velero's documentation and source (pkg/persistence, pkg/archive, pkg/controller), and test/fixtures/velero. Nothing here
 * comes from Lifeboat's own writer.
 */
export const rules = {
  'legal-directories': 'the first level holds only backups, restores, restic, metadata, plugins and kopia',
  'manifest-present': 'a directory of backups/ has a velero-backup.json',
  'backup-name': "a backup's name is a DNS-1123 subdomain",
  'file-present': 'every file that Velero always writes is there, for features not used too',
  'file-gzip': 'every file of a backup but velero-backup.json is whole gzip to its last byte',
  'file-json': 'every *.json.gz and the results hold JSON',
  'manifest-json': 'velero-backup.json is JSON',
  'manifest-kind': 'velero-backup.json is a Backup of velero.io/v1',
  'manifest-name': 'metadata.name is the name of the directory',
  'manifest-metadata': 'metadata has namespace, uid and creationTimestamp',
  'manifest-labels': 'labels and annotations are text by name; the storage location is a label',
  'label-syntax': 'labels and annotations are such as an API server takes: it refuses the whole Backup else',
  'manifest-annotations': 'annotations name the source cluster’s version and the resource timeout',
  'spec-types': 'fields of spec have the types of Velero’s BackupSpec',
  'spec-defaults': 'spec has what the server fills in: ttl, timeouts, hooks, location, flags, namespaces',
  'spec-filters':
    'the filters of the old and of the new family are not mixed; nothing beside * in an include list',
  'status-version': 'status.version is 1',
  'format-version': 'status.formatVersion is 1.1.0',
  'phase-terminal': 'the phase is Completed, PartiallyFailed or Failed',
  'phase-errors': 'Completed means no errors, PartiallyFailed means some',
  timestamps: 'times are RFC 3339 in UTC to the second, and the end is not before the start',
  expiration: 'status.expiration is absent, or the start and the ttl',
  'count-types': 'counts are whole positive numbers, or absent',
  'count-errors': 'status.errors is the number of errors in the results',
  'count-warnings': 'status.warnings is the number of warnings in the results',
  'count-items': 'progress counts the entries of the resource list',
  'count-hooks': 'no more hooks failed than were tried',
  'count-operations': 'status counts the item operations that are listed',
  'count-snapshots': 'status counts the snapshots that are listed',
  'results-shape': 'results are errors and warnings, each by velero, cluster and namespaces',
  'resource-list-shape': 'the resource list has apiVersion/Kind and sorted names, each once',
  'pod-volume-backups-shape': 'pod volume backups are null or a list of objects with spec and status',
  'volume-snapshots-shape': 'volume snapshots are null or a list of objects with spec and status',
  'item-operations-shape': 'item operations are null or a list of objects with spec and status, each ended',
  'csi-files-shape': 'files of CSI objects (up to 1.17), if there are any, are null or lists of them',
  'volume-info-shape': 'volume info is a list of Velero’s BackupVolumeInfo',
  'volume-info-skipped':
    'a volume that was skipped has a reason and no method, any other a method and its info',
  'volume-info-volumes': 'every PersistentVolume and every bound claim in the archive has its volume info',
  'volume-info-policy': 'volume info repeats the reclaim policy of the archived PersistentVolume',
  'volume-info-claims': 'a claim’s volume info names the volume that the archived claim names',
  'log-lines': 'the log has lines of logrus, as text or JSON',
  'log-counts': 'the log has as many lines of each level as status counts errors and warnings',
  'archive-tar': 'the archive is a tar with one trailer, at its end',
  'archive-version-first': 'the first entry of the archive is metadata/version with 1.1.0',
  'archive-entry-type': 'entries are regular files: no directories, no links',
  'archive-entry-mode': 'entries have mode 0755: Velero makes directories with it',
  'archive-entry-owner': 'entries have no owner: ids 0, no names',
  'archive-path-safe': 'no path leads out of the directory that Velero unpacks into',
  'archive-path-shape': 'entries are resources/<resource>[/<version>]/(cluster|namespaces/<ns>)/<name>.json',
  'archive-path-once': 'no path is there twice',
  'archive-name-length': 'no file name is longer than a file system takes',
  'archive-copies': 'each object is there twice, under its classic path and its preferred version',
  'archive-copies-alike': 'both copies of an object are the same bytes',
  'item-json': 'an item is a JSON object with apiVersion and kind',
  'item-path': 'an item is at the path of its own name, namespace and group',
  'item-version': 'an item under a version is of that version',
  'item-listed': 'every item is in the resource list',
  'list-archived': 'what the resource list names is in the archive, but for what an error kept out',
  'restore-names': 'a restore’s files have the names that Velero gives them',
  'restore-files': 'a restore’s files are whole gzip, with JSON but for the log',
  'restore-list': 'a restore’s resource list says what was done to each object',
} as const;

export type Rule = keyof typeof rules;

/** One rule broken in one place. */
export interface Breach {
  rule: Rule;
  /** The object, relative to the vault. */
  key: string;
  /** What was found instead. */
  found: string;
}

/** Takes a breach; where `ok` holds there is none. */
export type Require = (ok: boolean, rule: Rule, found: string) => boolean;

/** A `Require` that writes down what breaks a rule in one object. */
export function requireIn(breaches: Breach[], key: string): Require {
  return (ok, rule, found) => {
    if (!ok) breaches.push({ rule, key, found });
    return ok;
  };
}
