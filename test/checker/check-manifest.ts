import type { Require } from './rules';
import { at, durationOf, type Fields, isCount, isFields, isTextMap, isTexts, timeOf } from './shapes';

const textLists = [
  'includedNamespaces',
  'excludedNamespaces',
  'includedResources',
  'excludedResources',
  'includedClusterScopedResources',
  'excludedClusterScopedResources',
  'includedNamespaceScopedResources',
  'excludedNamespaceScopedResources',
  'volumeSnapshotLocations',
];
const flags = ['snapshotVolumes', 'includeClusterResources', 'defaultVolumesToFsBackup', 'snapshotMoveData'];
const durations = ['ttl', 'csiSnapshotTimeout', 'itemOperationTimeout'];
const texts = ['storageLocation', 'volumeGroupSnapshotLabelKey', 'datamover'];
const objects = ['metadata', 'hooks', 'labelSelector', 'resourcePolicy', 'uploaderConfig'];
const counts = [
  'errors',
  'warnings',
  'volumeSnapshotsAttempted',
  'volumeSnapshotsCompleted',
  'csiVolumeSnapshotsAttempted',
  'csiVolumeSnapshotsCompleted',
  'backupItemOperationsAttempted',
  'backupItemOperationsCompleted',
  'backupItemOperationsFailed',
];
const sourceAnnotations = [
  'velero.io/resource-timeout',
  'velero.io/source-cluster-k8s-gitversion',
  'velero.io/source-cluster-k8s-major-version',
  'velero.io/source-cluster-k8s-minor-version',
];

/** What an API server takes as a key: at most 63 characters behind a DNS prefix. */
const labelKey =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?(?=.{1,63}$)[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;
const labelValue = /^(?=.{0,63}$)(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?$/;

/** `velero-backup.json`, by itself; undefined when it is no JSON object. */
export function checkManifest(name: string, bytes: Buffer, require: Require): Fields | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(bytes.toString('utf8'));
  } catch {
    manifest = undefined;
  }
  if (!isFields(manifest)) {
    require(false, 'manifest-json', 'something else');
    return undefined;
  }
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  require(kind === 'velero.io/v1 Backup', 'manifest-kind', kind);
  checkMetadata(name, manifest, require);
  checkSpec(isFields(manifest.spec) ? manifest.spec : {}, require);
  checkStatus(manifest, require);
  return manifest;
}

function checkMetadata(name: string, manifest: Fields, require: Require): void {
  const metadata = isFields(manifest.metadata) ? manifest.metadata : {};
  require(metadata.name === name, 'manifest-name', String(metadata.name));
  for (const field of ['namespace', 'uid'])
    require(typeof metadata[field] === 'string' && metadata[field] !== '', 'manifest-metadata', field);
  require(timeOf(metadata.creationTimestamp) !== undefined, 'manifest-metadata', 'creationTimestamp');
  const { labels, annotations } = metadata;
  require(isTextMap(labels), 'manifest-labels', 'labels');
  require(isTextMap(annotations), 'manifest-labels', 'annotations');
  for (const [key, value] of Object.entries(isFields(labels) ? labels : {}))
    require(labelKey.test(key) && labelValue.test(String(value)), 'label-syntax', `${key}=${value}`);
  for (const key of Object.keys(isFields(annotations) ? annotations : {}))
    require(labelKey.test(key), 'label-syntax', key);
  const location = at(manifest, 'spec', 'storageLocation');
  // A longer one is hashed.
  const labelled = at(labels, 'velero.io/storage-location');
  if (typeof location === 'string' && location.length <= 63)
    require(labelled === location, 'manifest-labels', `storage-location ${labelled}`);
  for (const key of sourceAnnotations)
    require(typeof at(annotations, key) === 'string', 'manifest-annotations', `no ${key}`);
}

function checkSpec(spec: Fields, require: Require): void {
  const typed = (fields: readonly string[], right: (value: unknown) => boolean) => {
    for (const field of fields)
      if (spec[field] !== undefined) require(right(spec[field]), 'spec-types', field);
  };
  typed(textLists, isTexts);
  typed(flags, (value) => typeof value === 'boolean');
  typed(texts, (value) => typeof value === 'string');
  typed(durations, (value) => durationOf(value) !== undefined);
  typed(objects, isFields);
  typed(['orderedResources'], isTextMap);
  typed(['orLabelSelectors'], (value) => Array.isArray(value) && value.every(isFields));

  for (const field of [
    ...durations,
    'storageLocation',
    'hooks',
    'snapshotMoveData',
    'defaultVolumesToFsBackup',
  ])
    require(spec[field] !== undefined, 'spec-defaults', `no ${field}`);
  const namespaces = spec.includedNamespaces;
  require(isTexts(namespaces) && namespaces.length > 0, 'spec-defaults', 'no includedNamespaces');

  const some = (...fields: string[]) =>
    fields.some((field) => isTexts(spec[field]) && (spec[field] as string[]).length > 0);
  const old = some('includedResources', 'excludedResources') || spec.includeClusterResources !== undefined;
  const scoped = some(...textLists.filter((field) => field.includes('Scoped')));
  require(!(old && scoped), 'spec-filters', 'both families');
  for (const field of textLists.filter((one) => one.startsWith('included'))) {
    const list = spec[field];
    if (isTexts(list))
      require(!(list.includes('*') && list.length > 1), 'spec-filters', `${field} with more than *`);
  }
}

function checkStatus(manifest: Fields, require: Require): void {
  const status = isFields(manifest.status) ? manifest.status : {};
  require(status.version === 1, 'status-version', String(status.version));
  require(status.formatVersion === '1.1.0', 'format-version', String(status.formatVersion));
  const phase = String(status.phase);
  require(['Completed', 'PartiallyFailed', 'Failed'].includes(phase), 'phase-terminal', phase);
  for (const field of counts) require(isCount(status[field]), 'count-types', field);
  for (const field of ['totalItems', 'itemsBackedUp'])
    require(isCount(at(status, 'progress', field)), 'count-types', `progress.${field}`);
  const failed = status.errors !== undefined;
  if (phase !== 'Failed')
    require((phase === 'PartiallyFailed') === failed, 'phase-errors', `${phase}, ${status.errors} errors`);

  const start = timeOf(status.startTimestamp);
  const end = timeOf(status.completionTimestamp);
  require(start !== undefined && end !== undefined && end >= start, 'timestamps', `${start} to ${end}`);
  if (status.expiration !== undefined && start !== undefined) {
    const expected = start + (durationOf(at(manifest, 'spec', 'ttl')) ?? Number.NaN);
    const expiration = timeOf(status.expiration) ?? Number.NaN;
    // The server asks its clock twice.
    require(Math.abs(expiration - expected) <= 2_000, 'expiration', String(status.expiration));
  }
  const attempted = Number(at(status, 'hookStatus', 'hooksAttempted') ?? 0);
  const hooksFailed = Number(at(status, 'hookStatus', 'hooksFailed') ?? 0);
  require(hooksFailed <= attempted, 'count-hooks', `${hooksFailed} of ${attempted}`);
}
