import type { Item } from './check-archive';
import type { Require } from './rules';
import { at, type Fields, isFields } from './shapes';

/** Where each method keeps what it found out. */
const infoFields: Record<string, string[]> = {
  NativeSnapshot: ['nativeSnapshotInfo'],
  PodVolumeBackup: ['pvbInfo'],
  CSISnapshot: ['csiSnapshotInfo', 'snapshotDataMovementInfo'],
};

export function isVolumeInfo(one: Fields): boolean {
  const flags = ['snapshotDataMoved', 'preserveLocalSnapshot', 'skipped'];
  const texts = ['pvcName', 'pvcNamespace', 'pvName', 'backupMethod', 'skippedReason', 'result'];
  return (
    flags.every((field) => typeof one[field] === 'boolean') &&
    texts.every((field) => one[field] === undefined || typeof one[field] === 'string') &&
    (one.result === undefined || one.result === 'succeeded' || one.result === 'failed') &&
    (one.pvInfo === undefined || isFields(one.pvInfo)) &&
    (one.pvName !== undefined || one.pvcName !== undefined || one.pvbInfo !== undefined)
  );
}

/** Volume info beside what was archived: it decides what Velero does with a volume on restore. */
export function checkVolumes(volumeInfo: readonly Fields[], items: readonly Item[], require: Require): void {
  for (const [index, info] of volumeInfo.entries()) {
    const where = `entry ${index}`;
    if (info.skipped === true) {
      const reason = typeof info.skippedReason === 'string' && info.skippedReason !== '';
      require(reason && info.backupMethod === undefined, 'volume-info-skipped', where);
    } else {
      const places = infoFields[String(info.backupMethod)] ?? [];
      require(places.some((place) => isFields(info[place])), 'volume-info-skipped', where);
    }
  }
  const classic = items.filter(({ version }) => version === undefined);
  for (const { name, object } of classic.filter((one) => one.groupResource === 'persistentvolumes')) {
    const info = volumeInfo.find(({ pvName }) => pvName === name);
    if (!require(info !== undefined, 'volume-info-volumes', `persistentvolume ${name}`)) continue;
    const policy = at(object, 'spec', 'persistentVolumeReclaimPolicy');
    require(at(info, 'pvInfo', 'reclaimPolicy') === policy, 'volume-info-policy', name);
  }
  for (const { namespace, name, object } of classic.filter(
    (one) => one.groupResource === 'persistentvolumeclaims',
  )) {
    const volume = at(object, 'spec', 'volumeName');
    if (volume === undefined) continue;
    const info = volumeInfo.find((one) => one.pvcName === name && one.pvcNamespace === namespace);
    if (require(info !== undefined, 'volume-info-volumes', `claim ${namespace}/${name}`))
      require(info!.pvName === volume, 'volume-info-claims', `claim ${namespace}/${name}`);
  }
}
