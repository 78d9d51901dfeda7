import type { BackupVolumeInfo } from '../../formats/manifests/velero';
import type { Log } from '../../platform/log/log';
import type { PlannedVolume, SavedSnapshot, VolumeOutcome } from '../volumes/plan/planned-volume';
import { skippedInfo, snapshotInfo, type StoredVolume } from './volume-info';

/** Why files are not in a backup that somebody wanted copied. */
export const noFiles = 'Lifeboat does not copy the files of volumes yet';

/** What the archive holds of claims and PersistentVolumes. */
export interface StoredClaims {
  /** Of a claim, `<namespace>/<name>`. */
  has(claim: string): boolean;
  volume(name: string): StoredVolume | undefined;
}

/**
 * Says in the log what became of each volume of the plan, and returns the content of volumeinfo: an entry for each claim
 * that is in the backup, and for each other volume that somebody asked for. What was asked for and not saved is an error;
 * other claims without data are warnings, unless the plan says that no warning is needed.
 */
export function reportOutcomes(
  outcomes: readonly VolumeOutcome[],
  stored: StoredClaims,
  log: Log,
): BackupVolumeInfo[] {
  return outcomes.flatMap((outcome) => {
    const { volume, saved } = outcome;
    const { name, fields } = called(volume);
    if (saved) {
      log.info(`the data of ${name} is in ${snapshotText(saved)}: ${volume.reason}`, fields);
      return infoOf(volume, stored, saved);
    }
    const why = reasonOf(outcome);
    const text = `the data of ${name}${volume.asked ? ' was asked for and' : ''} is not in the backup: ${why}`;
    log[levelOf(volume)](text, fields);
    return infoOf(volume, stored, why);
  });
}

/** A claim always has a line in the log of the backup; volumes without a claim are many, so they have one where data may be missed. */
function levelOf({ claim, asked, noWarning }: PlannedVolume): 'error' | 'warn' | 'info' | 'debug' {
  if (asked) return 'error';
  if (!noWarning) return 'warn';
  return claim === undefined ? 'debug' : 'info';
}

function reasonOf({ volume, notSaved }: VolumeOutcome): string {
  const cannot = notSaved ?? (volume.method === 'files' ? noFiles : undefined);
  if (volume.method === 'skip') return notSaved ?? volume.reason;
  return `${cannot ?? 'no snapshot was taken'} (planned: ${volume.method}, ${volume.reason})`;
}

function called({ namespace, claim, mounts }: PlannedVolume) {
  if (claim !== undefined) {
    const fields = { resource: 'persistentvolumeclaims', namespace, name: claim };
    return { name: `claim ${namespace}/${claim}`, fields };
  }
  const { pod = '', volume = '' } = mounts[0] ?? {};
  const fields = { resource: 'pods', namespace, name: pod };
  return { name: `volume ${volume} of pod ${namespace}/${pod}`, fields };
}

function snapshotText({ handle, driver, size, readyToUse, startedAt, endedAt }: SavedSnapshot): string {
  const bytes = size === undefined ? '' : `, ${size} bytes`;
  const time = `, taken in ${Math.max(0, (endedAt.getTime() - startedAt.getTime()) / 1000).toFixed(1)} s`;
  return `snapshot ${handle} of driver ${driver}${bytes}${time}${readyToUse ? '' : ', not yet ready to use'}`;
}

function infoOf(
  { namespace, claim, pv, mounts, asked }: PlannedVolume,
  stored: StoredClaims,
  saved: SavedSnapshot | string,
): BackupVolumeInfo[] {
  const volume = pv === undefined ? undefined : stored.volume(pv);
  if (claim !== undefined) {
    const which = { pvcName: claim, pvcNamespace: namespace, ...(pv ? { pvName: pv } : {}) };
    if (typeof saved !== 'string') return [snapshotInfo(which, saved, volume)];
    return stored.has(`${namespace}/${claim}`) ? [skippedInfo(which, saved, volume)] : [];
  }
  const [mount] = mounts;
  if (!asked || typeof saved !== 'string' || !mount) return [];
  const pvbInfo = { volumeName: mount.volume, podName: mount.pod, podNamespace: namespace };
  return [skippedInfo({ pvbInfo }, saved, undefined)];
}
