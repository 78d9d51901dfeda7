import { nameFilters } from '../../shared/formats/manifests/selection/spec-filters';
import type { BackupStanding } from '../../shared/app/backups/backup-standings';
import type { BackupDescription } from '../../shared/formats/vault/describe-backup';
import { itemsIn } from '../../shared/formats/vault/velero-backup';
import { standingWords } from './backup-standing';
import { messageLines } from './message-lines';
import { field, joined, pairs, section, shortened } from './sections';
import { size } from './size';

/** A backup as text: how it was asked for, how it ended, what is in it and what is not. */
export function describeBackupText(
  description: BackupDescription & { standing: BackupStanding & { hold?: string } },
  vault: string,
): string {
  const { backup, writer, catalogue, problems, sizes, standing } = description;
  const { metadata, status } = backup;
  const asJson = `lifeboat backup describe ${metadata.name} -o json`;
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  return joined([
    field('Name', metadata.name),
    field('Vault', vault),
    field(
      'Written by',
      writer === 'lifeboat' ? `Lifeboat ${catalogue?.installation ?? ''}`.trim() : 'Velero',
    ),
    field('Phase', `${status.phase ?? 'unknown'}${status.failureReason ? `: ${status.failureReason}` : ''}`),
    field('Cluster', catalogue?.cluster),
    field(
      'Kubernetes',
      catalogue?.serverVersion ?? metadata.annotations?.['velero.io/source-cluster-k8s-gitversion'],
    ),
    field('Labels', pairs(metadata.labels)),
    field('Started', status.startTimestamp),
    field('Completed', status.completionTimestamp),
    field('Expires', status.expiration ?? 'when no rule keeps it: see `lifeboat retention plan`'),
    field('Legal hold', standing.hold),
    field('Suspect', standing.suspect),
    field(
      'Standing',
      standingWords({ ...standing, held: undefined, suspect: undefined }).join('; ') || undefined,
    ),
    field('Items', itemsIn(status.progress)),
    field('Size', size(total)),
    ...selection(backup),
    ...resources(description),
    ...volumes(description),
    ...section('Errors', shortened(messageLines(description.results?.errors), asJson)),
    ...section('Warnings', shortened(messageLines(description.results?.warnings), asJson)),
    ...section('Cannot be read', problems),
  ]);
}

const selectionFields = [
  ...nameFilters,
  'includeClusterResources',
  'labelSelector',
  'orLabelSelectors',
  'snapshotVolumes',
  'defaultVolumesToFsBackup',
  'ttl',
] as const;

/** What of a spec is Lifeboat's lies in annotations (formats/vault/velero-backup.ts). */
const ownAnnotations = {
  'lifeboat/included-namespaces-by-label': 'includedNamespacesByLabel',
  'lifeboat/resource-policies': 'resourcePolicies',
} as const;

function selection({ spec, metadata }: BackupDescription['backup']): string[] {
  const own = Object.entries(ownAnnotations).flatMap(([annotation, name]) => {
    const value = metadata.annotations?.[annotation];
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  const fields = selectionFields.flatMap((name) => {
    const value = spec[name];
    if (value === undefined || value === null) return [];
    const text =
      Array.isArray(value) && value.every((part) => typeof part === 'string') ? value.join(', ') : undefined;
    return [`${name}: ${text ?? (typeof value === 'string' ? value : JSON.stringify(value))}`];
  });
  return section('Asked for', [...fields, ...own]);
}

function resources({ resourceList = {} }: BackupDescription): string[] {
  return section(
    'Resources',
    Object.entries(resourceList).map(([kind, names]) => `${kind}: ${names.length}`),
  );
}

function volumes({ volumeInfo = [] }: BackupDescription): string[] {
  return section(
    'Volumes',
    volumeInfo.map((volume) => {
      const claim = volume.pvcName
        ? `${volume.pvcNamespace}/${volume.pvcName}`
        : (volume.pvName ?? podVolume(volume) ?? 'unknown volume');
      if (volume.skipped)
        return `${claim}: data not in the backup: ${volume.skippedReason ?? 'no reason given'}`;
      const method = volume.backupMethod ?? 'unknown method';
      const facts = [method, volume.result, ...snapshotFacts(volume)].filter(Boolean).join(', ');
      return `${claim}: ${facts}${method === 'CSISnapshot' ? '' : '; Lifeboat does not restore its data yet'}`;
    }),
  );
}

type VolumeInfo = NonNullable<BackupDescription['volumeInfo']>[number];

/** A volume of a pod without a claim. */
function podVolume({ pvbInfo }: VolumeInfo): string | undefined {
  if (!pvbInfo) return undefined;
  return `volume ${pvbInfo.volumeName} of pod ${pvbInfo.podNamespace}/${pvbInfo.podName}`;
}

/** Which snapshot it is, how much it holds and how long it took, as far as Velero or Lifeboat wrote it down. */
function snapshotFacts({ csiSnapshotInfo, startTimestamp, completionTimestamp }: VolumeInfo): string[] {
  const { snapshotHandle, size: bytes } = csiSnapshotInfo ?? {};
  const seconds = (Date.parse(completionTimestamp ?? '') - Date.parse(startTimestamp ?? '')) / 1000;
  return [
    ...(typeof snapshotHandle === 'string' ? [`snapshot ${snapshotHandle}`] : []),
    // Velero writes 0 where the driver names no size.
    ...(typeof bytes === 'number' && bytes > 0 ? [size(bytes)] : []),
    ...(seconds >= 0 ? [`in ${seconds} s`] : []),
  ];
}
