import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { Log } from '../../platform/log/log';
import type { BackupSpec, BackupVolumeInfo } from '../../formats/manifests/velero';

const REASON = 'Lifeboat does not back up volume data yet';
const UNBOUND = 'the claim is not bound to a volume, so it has no data';

/** Volumes of a pod that file-system backup never takes (Velero's pkg/util/podvolume). */
const NEVER_BY_FILES = ['hostPath', 'secret', 'configMap', 'projected', 'downwardAPI'];

interface Claim {
  namespace: string;
  name: string;
  /** In the backup, not only named by a pod. */
  stored: boolean;
  volume?: string;
  /** Who asked for its data. */
  askedBy?: string;
}

interface Volume {
  claim?: string;
  reclaimPolicy?: string;
  labels: Record<string, string> | null;
}

/**
 * Keeps account of claims and volumes whose objects are backed up and whose data is not, so that none is passed over in
 * silence: each gets an entry in volumeinfo and a warning; where its data was asked for, an error. Holds names, not objects.
 */
export class ClaimAccount {
  readonly #claims = new Map<string, Claim>();
  readonly #volumes = new Map<string, Volume>();
  /** Data asked for that is in no claim: `shop/web-0 volume cache`. */
  readonly #podVolumes: { namespace: string; pod: string; volume: string; askedBy: string }[] = [];
  readonly #spec: BackupSpec;

  constructor(spec: BackupSpec) {
    this.#spec = spec;
  }

  pod(pod: KubeObject): void {
    const { namespace = '', name, annotations = {} } = pod.metadata;
    const listed = names(annotations['backup.velero.io/backup-volumes']);
    const excluded = names(annotations['backup.velero.io/backup-volumes-excludes']);
    for (const volume of (pod.spec?.volumes ?? []) as PodVolume[]) {
      const askedBy = this.#askedForFiles(volume, listed, excluded, name);
      if (!askedBy) continue;
      const claim = claimOf(volume, name);
      if (claim) this.#claim(namespace, claim).askedBy ??= askedBy;
      else this.#podVolumes.push({ namespace, pod: name, volume: volume.name, askedBy });
    }
  }

  claim(claim: KubeObject): void {
    const { namespace = '', name } = claim.metadata;
    const account = this.#claim(namespace, name);
    account.stored = true;
    const volume = claim.spec?.volumeName;
    if (typeof volume === 'string' && volume !== '') account.volume = volume;
    if (this.#spec.snapshotVolumes === true && account.volume) account.askedBy ??= 'snapshotVolumes';
  }

  volume(volume: KubeObject): void {
    const { claimRef, persistentVolumeReclaimPolicy } = (volume.spec ?? {}) as {
      claimRef?: { namespace?: string; name?: string };
      persistentVolumeReclaimPolicy?: string;
    };
    this.#volumes.set(volume.metadata.name, {
      ...(claimRef?.name ? { claim: `${claimRef.namespace}/${claimRef.name}` } : {}),
      ...(persistentVolumeReclaimPolicy ? { reclaimPolicy: persistentVolumeReclaimPolicy } : {}),
      labels: volume.metadata.labels ?? null,
    });
  }

  /** Says it all to the log, and gives the content of volumeinfo in the order of names. */
  settle(log: Log): BackupVolumeInfo[] {
    const infos: BackupVolumeInfo[] = [];
    const accounted = new Set<string>();
    for (const [key, claim] of sorted(this.#claims)) {
      const { namespace, name, askedBy, stored, volume } = claim;
      const fields = { resource: 'persistentvolumeclaims', namespace, name };
      if (askedBy) {
        log.error(
          `the data of claim ${key} was asked for (${askedBy}) and is not in the backup: ${REASON}`,
          fields,
        );
      } else if (volume) {
        log.warn(`the data of claim ${key} is not in the backup: ${REASON}`, fields);
      } else {
        log.warn(`claim ${key} is backed up without data: ${UNBOUND}`, fields);
      }
      if (!stored) continue;
      if (volume) accounted.add(volume);
      infos.push(
        skipped(
          { pvcName: name, pvcNamespace: namespace, ...(volume ? { pvName: volume } : {}) },
          volume ? REASON : UNBOUND,
          volume ? this.#volumes.get(volume) : undefined,
        ),
      );
    }
    for (const [name, volume] of sorted(this.#volumes)) {
      if (accounted.has(name)) continue;
      const [pvcNamespace, pvcName] = volume.claim?.split('/') ?? [];
      const message = `the data of volume ${name}${volume.claim ? ` of claim ${volume.claim}` : ''}`;
      const fields = { resource: 'persistentvolumes', namespace: '', name };
      if (this.#spec.snapshotVolumes === true) {
        log.error(`${message} was asked for (snapshotVolumes) and is not in the backup: ${REASON}`, fields);
      } else log.warn(`${message} is not in the backup: ${REASON}`, fields);
      infos.push(skipped({ ...(pvcName ? { pvcName, pvcNamespace } : {}), pvName: name }, REASON, volume));
    }
    for (const { namespace, pod, volume, askedBy } of this.#podVolumes) {
      const fields = { resource: 'pods', namespace, name: pod };
      log.error(
        `the data of volume ${volume} of pod ${namespace}/${pod} was asked for (${askedBy}) and is not in the backup: ${REASON}`,
        fields,
      );
    }
    return infos;
  }

  #claim(namespace: string, name: string): Claim {
    const key = `${namespace}/${name}`;
    const claim = this.#claims.get(key) ?? { namespace, name, stored: false };
    this.#claims.set(key, claim);
    return claim;
  }

  #askedForFiles(volume: PodVolume, listed: string[], excluded: string[], pod: string): string | undefined {
    if (listed.includes(volume.name)) return `annotation of pod ${pod}`;
    if (this.#spec.defaultVolumesToFsBackup !== true || excluded.includes(volume.name)) return undefined;
    if (NEVER_BY_FILES.some((source) => source in volume)) return undefined;
    return 'defaultVolumesToFsBackup';
  }
}

interface PodVolume {
  name: string;
  persistentVolumeClaim?: { claimName?: string };
  ephemeral?: unknown;
}

/** A generic ephemeral volume has a claim named after its pod. */
export function claimOf(volume: PodVolume, pod: string): string | undefined {
  if (volume.ephemeral) return `${pod}-${volume.name}`;
  return volume.persistentVolumeClaim?.claimName;
}

function names(annotation: string | undefined): string[] {
  return (annotation ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

function sorted<T>(map: Map<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function skipped(
  of: Partial<BackupVolumeInfo>,
  reason: string,
  volume: Volume | undefined,
): BackupVolumeInfo {
  return {
    ...of,
    snapshotDataMoved: false,
    preserveLocalSnapshot: false,
    skipped: true,
    skippedReason: reason,
    ...(volume
      ? {
          pvInfo: {
            ...(volume.reclaimPolicy ? { reclaimPolicy: volume.reclaimPolicy } : {}),
            labels: volume.labels,
          },
        }
      : {}),
  };
}
