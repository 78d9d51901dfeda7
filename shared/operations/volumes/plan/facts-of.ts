import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';
import type {
  ClaimFacts,
  CsiSource,
  NfsSource,
  PersistentVolumeFacts,
  PodFacts,
  PodVolumeFacts,
  SnapshotClassFacts,
} from './volume-facts';

/** What the plan looks at of a pod. Whatever is not shaped as Kubernetes shapes it counts as absent. */
export function podFacts({ metadata, spec, status }: KubeObject): PodFacts {
  const volumes = Array.isArray(spec?.volumes) ? spec.volumes.filter(isMap) : [];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    annotations: texts(metadata.annotations),
    phase: text(status?.phase),
    volumes: volumes.flatMap((volume) => podVolumeFacts(volume, metadata.name)),
  };
}

function podVolumeFacts(volume: Record<string, unknown>, pod: string): PodVolumeFacts[] {
  const name = text(volume.name);
  if (name === undefined) return [];
  // A volume without a source is an emptyDir.
  const source = Object.keys(volume).find((field) => field !== 'name') ?? 'emptyDir';
  const { persistentVolumeClaim: claim } = volume;
  const claimName =
    source === 'ephemeral' ? `${pod}-${name}` : isMap(claim) ? text(claim.claimName) : undefined;
  return [
    {
      name,
      source,
      ...(claimName !== undefined && { claim: claimName }),
      ...sourceFacts(volume),
    },
  ];
}

/** What the plan looks at of a claim. */
export function claimFacts({ metadata, spec, status }: KubeObject): ClaimFacts {
  const modes = spec?.accessModes;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
    phase: text(status?.phase),
    volumeName: text(spec?.volumeName) || undefined,
    storageClassName: text(spec?.storageClassName),
    capacity: isMap(status?.capacity) ? text(status.capacity.storage) : undefined,
    accessModes: Array.isArray(modes) ? modes.filter((mode) => typeof mode === 'string') : undefined,
    volumeMode: text(spec?.volumeMode),
  };
}

/** The driver that made the volume of a claim, as its controller noted it. */
export function provisionerOf({ metadata: { annotations } }: KubeObject): string | undefined {
  const noted = texts(annotations);
  return (
    noted?.['volume.kubernetes.io/storage-provisioner'] ??
    noted?.['volume.beta.kubernetes.io/storage-provisioner']
  );
}

/** What the plan looks at of a PersistentVolume. */
export function volumeFacts({ metadata, spec = {} }: KubeObject): PersistentVolumeFacts {
  const source = Object.keys(spec).find((field) => !notASource.has(field) && isMap(spec[field]));
  return {
    name: metadata.name,
    source: source ?? 'unknown',
    ...sourceFacts(spec),
    capacity: isMap(spec.capacity) ? text(spec.capacity.storage) : undefined,
    storageClassName: text(spec.storageClassName),
  };
}

const notASource = new Set(['capacity', 'claimRef', 'nodeAffinity']);

/** What the plan looks at of a VolumeSnapshotClass. */
export function snapshotClassFacts(of: KubeObject): SnapshotClassFacts {
  return {
    name: of.metadata.name,
    driver: text(of.driver) ?? '',
    labels: texts(of.metadata.labels),
    annotations: texts(of.metadata.annotations),
    deletionPolicy: text(of.deletionPolicy),
    parameters: texts(of.parameters),
  };
}

function sourceFacts({ csi, nfs }: Record<string, unknown>): { csi?: CsiSource; nfs?: NfsSource } {
  return {
    ...(isMap(csi) && {
      csi: { driver: text(csi.driver) ?? '', volumeAttributes: texts(csi.volumeAttributes) },
    }),
    ...(isMap(nfs) && { nfs: { server: text(nfs.server) ?? '', path: text(nfs.path) ?? '' } }),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): Record<string, string> | undefined {
  if (!isMap(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
