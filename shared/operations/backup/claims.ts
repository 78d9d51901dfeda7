import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { Log } from '../../platform/log/log';
import type { BackupSpec, BackupVolumeInfo } from '../../formats/manifests/velero';
import type { VolumeOutcome } from '../volumes/plan/planned-volume';
import { noFiles, reportOutcomes } from './planned-volumes';
import { skippedInfo, type StoredVolume } from './volume-info';

/** Where there is no plan. */
const noSnapshots = 'the cluster serves no VolumeSnapshots (snapshot.storage.k8s.io)';
const wantsNone = 'snapshotVolumes is false';
/** Where there is a plan, and a claim or a volume is not in it. */
const newClaim = 'the claim was created while the backup was under way';
const noClaim = 'no claim of the backup is bound to the volume';
const unbound = 'the claim is not bound to a volume, so it has no data';

/** Volumes of a pod that file-system backup never takes (Velero's pkg/util/podvolume). */
const neverByFiles = ['hostPath', 'secret', 'configMap', 'projected', 'downwardAPI'];

interface Claim {
  namespace: string;
  name: string;
  /** In the backup, not only named by a pod. */
  stored: boolean;
  volume?: string;
  /** Who asked for its data. */
  askedBy?: string;
}

/**
 * Keeps account of claims and volumes whose objects are backed up, so that no data is missed in silence: each gets an entry
 * in volumeinfo; one whose data is not in the backup also a warning, and an error where its data was asked for. Holds names,
 * not objects. With a plan of volumes, what became of the plan is reported; without one, no data is in the backup, and the
 * objects say what was asked for.
 */
export class ClaimAccount {
  readonly #claims = new Map<string, Claim>();
  readonly #volumes = new Map<string, StoredVolume>();
  /** Data asked for that is in no claim: `shop/web-0 volume cache`. */
  readonly #podVolumes: { namespace: string; pod: string; volume: string; askedBy: string }[] = [];
  readonly #spec: BackupSpec;
  readonly #outcomes: readonly VolumeOutcome[] | undefined;

  /** @param outcomes what became of each volume of the plan; absent where volumes were not planned */
  constructor(spec: BackupSpec, outcomes?: readonly VolumeOutcome[]) {
    this.#spec = spec;
    this.#outcomes = outcomes;
  }

  pod(pod: KubeObject): void {
    if (this.#outcomes) return;
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

  /** Says it all to the log, and gives the content of volumeinfo: claims and volumes each in the order of names. */
  settle(log: Log): BackupVolumeInfo[] {
    const planned = reportOutcomes(
      this.#outcomes ?? [],
      { has: (claim) => this.#claims.get(claim)?.stored === true, volume: (name) => this.#volumes.get(name) },
      log,
    );
    const settled = new Set<string>();
    for (const { volume } of this.#outcomes ?? []) {
      if (volume.claim !== undefined) settled.add(`${volume.namespace}/${volume.claim}`);
    }
    const infos = [...planned, ...this.#claimsOutside(settled, log)];
    const accounted = new Set(infos.map(({ pvName }) => pvName));
    infos.push(...this.#volumesOutside(accounted, log));
    for (const { namespace, pod, volume, askedBy } of this.#podVolumes) {
      const fields = { resource: 'pods', namespace, name: pod };
      log.error(
        `the data of volume ${volume} of pod ${namespace}/${pod} was asked for (${askedBy}) and is not in the backup: ${noFiles}`,
        fields,
      );
    }
    return infos;
  }

  /** Why there is no snapshot of a claim or a volume that is not in the plan. */
  #unplanned(inPlan: string): string {
    if (this.#outcomes) return inPlan;
    return this.#spec.snapshotVolumes === false ? wantsNone : noSnapshots;
  }

  /** Claims that are not in the plan. */
  #claimsOutside(planned: ReadonlySet<string>, log: Log): BackupVolumeInfo[] {
    const infos: BackupVolumeInfo[] = [];
    for (const [key, claim] of sorted(this.#claims)) {
      if (planned.has(key)) continue;
      const { namespace, name, askedBy, stored, volume } = claim;
      const reason = askedBy && askedBy !== 'snapshotVolumes' ? noFiles : this.#unplanned(newClaim);
      const fields = { resource: 'persistentvolumeclaims', namespace, name };
      if (askedBy) {
        log.error(
          `the data of claim ${key} was asked for (${askedBy}) and is not in the backup: ${reason}`,
          fields,
        );
      } else if (volume) {
        log.warn(`the data of claim ${key} is not in the backup: ${reason}`, fields);
      } else {
        log.warn(`claim ${key} is backed up without data: ${unbound}`, fields);
      }
      if (!stored) continue;
      const which = { pvcName: name, pvcNamespace: namespace, ...(volume ? { pvName: volume } : {}) };
      const info = volume ? this.#volumes.get(volume) : undefined;
      infos.push(skippedInfo(which, volume ? reason : unbound, info));
    }
    return infos;
  }

  /** Volumes of which no claim is in the backup. */
  #volumesOutside(accounted: ReadonlySet<string | undefined>, log: Log): BackupVolumeInfo[] {
    const reason = this.#unplanned(noClaim);
    const infos: BackupVolumeInfo[] = [];
    for (const [name, volume] of sorted(this.#volumes)) {
      if (accounted.has(name)) continue;
      const [pvcNamespace, pvcName] = volume.claim?.split('/') ?? [];
      const message = `the data of volume ${name}${volume.claim ? ` of claim ${volume.claim}` : ''}`;
      const fields = { resource: 'persistentvolumes', namespace: '', name };
      if (this.#spec.snapshotVolumes === true) {
        log.error(`${message} was asked for (snapshotVolumes) and is not in the backup: ${reason}`, fields);
      } else log.warn(`${message} is not in the backup: ${reason}`, fields);
      infos.push(
        skippedInfo({ ...(pvcName ? { pvcName, pvcNamespace } : {}), pvName: name }, reason, volume),
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
    if (neverByFiles.some((source) => source in volume)) return undefined;
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
