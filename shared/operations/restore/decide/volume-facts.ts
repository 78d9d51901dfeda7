import type { KubeObject, OwnerReference } from '../../../platform/kubernetes/kube-object';
import { instant } from '../../../formats/manifests/instant';
import { ExactNumber } from '../../../platform/input/exact-number';
import { isMap } from '../../../platform/input/is-map';

/** What a restore needs to know of a PersistentVolume before it reads it again. */
export interface VolumeFact {
  reclaimPolicy: string;
  /** `namespace/name` of the claim that it is bound to. */
  claim?: string;
  /** The storage behind it, see `volumeHandle`. */
  handle: string;
}

/** What a restore needs to know of a PersistentVolumeClaim. */
export interface ClaimFact {
  volumeName?: string;
  /** It had a volume, and so perhaps data. */
  bound: boolean;
  /** Of the claim of an ephemeral volume: its pod. */
  pod?: string;
}

/** What an archived VolumeSnapshotContent says of its snapshot. */
export interface SnapshotContent {
  handle?: string;
  driver?: string;
  /** Bytes. */
  size?: number;
  /** RFC 3339. */
  taken?: string;
  volumeMode?: 'Filesystem' | 'Block';
}

export function volumeFact(volume: KubeObject): VolumeFact {
  const claim = volume.spec?.claimRef;
  return {
    reclaimPolicy: String(volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain'),
    claim: isMap(claim) ? `${String(claim.namespace)}/${String(claim.name)}` : undefined,
    handle: volumeHandle(volume),
  };
}

/** What of an archived claim decides about its volume. */
export function claimFact(claim: KubeObject): ClaimFact {
  const volumeName = claim.spec?.volumeName;
  const pod = controllingPod(claim);
  return {
    ...(pod && { pod: pod.name }),
    volumeName: typeof volumeName === 'string' && volumeName !== '' ? volumeName : undefined,
    bound: claim.status?.phase === 'Bound' || claim.status?.phase === 'Lost',
  };
}

/** Reads a VolumeSnapshotContent; its creation time is in nanoseconds, as CSI drivers give it. */
export function snapshotContent({ spec, status }: KubeObject): SnapshotContent {
  const source = isMap(spec?.source) ? spec.source : {};
  const handle = status?.snapshotHandle ?? source.snapshotHandle;
  const size = numberOf(status?.restoreSize);
  const created = numberOf(status?.creationTime) / 1e6;
  const mode = spec?.sourceVolumeMode;
  return {
    ...(typeof handle === 'string' && { handle }),
    ...(typeof spec?.driver === 'string' && { driver: spec.driver }),
    ...(size > 0 && { size }),
    ...(created > 0 && created < lastTime && { taken: instant(new Date(created)) }),
    ...((mode === 'Filesystem' || mode === 'Block') && { volumeMode: mode }),
  };
}

/** The last time that a Date holds in four digits of a year. */
const lastTime = Date.UTC(9999, 11, 31);

function numberOf(value: unknown): number {
  return Number(value instanceof ExactNumber ? value.text : value);
}

/** The pod that controls an object; undefined when another kind or nothing does. */
export function controllingPod({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find((owner) => owner.controller && isPod(owner));
}

export function isPod({ kind, apiVersion }: OwnerReference): boolean {
  return kind === 'Pod' && apiVersion === 'v1';
}

const notASource = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

/** Names the storage behind a volume: two volumes with the same handle are the same disk. */
export function volumeHandle(volume: KubeObject): string {
  for (const [field, source] of Object.entries(volume.spec ?? {})) {
    if (notASource.has(field) || !isMap(source)) continue;
    if (field === 'csi') return `csi/${String(source.driver)}/${String(source.volumeHandle)}`;
    return `${field}/${JSON.stringify(source, Object.keys(source).sort())}`;
  }
  return 'none';
}
