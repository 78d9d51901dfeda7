import { isMap } from '../../../platform/input/is-map';
import { instant } from '../../../formats/manifests/instant';
import type { BackupVolumeInfo } from '../../../formats/manifests/velero';
import { isDriver, isHandle, type SavedSnapshot } from '../../volumes/handles/saved-snapshot';
import type { SnapshotContent } from './volume-facts';

/** What a backup says of its volumes (`-volumeinfo.json.gz`), by volume and by claim; the first entry of each counts. */
export class SavedVolumes {
  readonly #byVolume = new Map<string, BackupVolumeInfo>();
  readonly #byClaim = new Map<string, BackupVolumeInfo>();
  /** Names of the VolumeSnapshotContents that hold data of claims. */
  readonly contents = new Set<string>();

  constructor(volumeInfo: readonly BackupVolumeInfo[]) {
    for (const one of volumeInfo) {
      const { pvName, pvcNamespace, pvcName } = one;
      if (pvName && !this.#byVolume.has(pvName)) this.#byVolume.set(pvName, one);
      const claim = `${pvcNamespace}/${pvcName}`;
      if (pvcNamespace && pvcName && !this.#byClaim.has(claim)) this.#byClaim.set(claim, one);
      const content = isSnapshot(one) ? one.csiSnapshotInfo?.vscName : undefined;
      if (typeof content === 'string') this.contents.add(content);
    }
  }

  ofVolume(name: string): BackupVolumeInfo | undefined {
    return this.#byVolume.get(name);
  }

  /** `namespace/name` of the claims whose data is a CSI snapshot. */
  get claims(): string[] {
    return [...this.#byClaim].filter(([, info]) => isSnapshot(info)).map(([claim]) => claim);
  }

  /**
   * The CSI snapshot of a claim, or why it cannot be used; undefined where the backup has none of it.
   * @param contents what the archive says of the `contents`, by name
   */
  snapshotOf(
    namespace: string,
    claim: string,
    contents: ReadonlyMap<string, SnapshotContent>,
  ): SavedSnapshot | { fault: string } | undefined {
    const info = this.#byClaim.get(`${namespace}/${claim}`);
    if (!info || !isSnapshot(info)) return undefined;
    if (info.result === 'failed') return { fault: 'its snapshot failed when the backup was made' };
    const csi = isMap(info.csiSnapshotInfo) ? info.csiSnapshotInfo : {};
    const { snapshotHandle: handle, driver, vscName } = csi;
    if (!isHandle(handle) || !isDriver(driver)) {
      return { fault: 'the backup names no handle and driver of its snapshot that can be used' };
    }
    const content = typeof vscName === 'string' ? contents.get(vscName) : undefined;
    if (content && (content.handle !== handle || content.driver !== driver)) {
      return {
        fault: `the backup contradicts itself: its list of volumes has snapshot ${handle} of ${driver}, its VolumeSnapshotContent ${String(vscName)} another one`,
      };
    }
    const size = content?.size ?? (typeof csi.size === 'number' && csi.size > 0 ? csi.size : undefined);
    const taken = content?.taken ?? timeOf(info.startTimestamp);
    return {
      namespace,
      claim,
      handle,
      driver,
      ...(size !== undefined && { size }),
      ...(taken !== undefined && { taken }),
      ...(content?.volumeMode && { volumeMode: content.volumeMode }),
    };
  }
}

/** Whether a claim's data is in a CSI snapshot that stayed one. */
function isSnapshot({ backupMethod, snapshotDataMoved, skipped }: BackupVolumeInfo): boolean {
  return backupMethod === 'CSISnapshot' && !snapshotDataMoved && !skipped;
}

function timeOf(text: unknown): string | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : instant(new Date(time));
}
