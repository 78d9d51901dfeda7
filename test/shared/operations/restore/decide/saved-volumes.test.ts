import { describe, expect, it } from '@jest/globals';
import type { BackupVolumeInfo } from '../../../../../shared/formats/manifests/velero';
import { SavedVolumes } from '../../../../../shared/operations/restore/decide/saved-volumes';

const info: BackupVolumeInfo = {
  pvcName: 'data',
  pvcNamespace: 'shop',
  pvName: 'pv-1',
  backupMethod: 'CSISnapshot',
  snapshotDataMoved: false,
  preserveLocalSnapshot: true,
  skipped: false,
  startTimestamp: '2026-11-22T20:58:27Z',
  result: 'succeeded',
  csiSnapshotInfo: { snapshotHandle: 'snap-1', size: 0, driver: 'disk.example.com', vscName: 'content-1' },
};
const nothing = new Map();

function snapshotOf(changes: Record<string, unknown>, contents = nothing) {
  return new SavedVolumes([{ ...info, ...changes } as BackupVolumeInfo]).snapshotOf('shop', 'data', contents);
}

describe('SavedVolumes', () => {
  it('gives handle, driver and time of the snapshot of a claim', () => {
    expect(snapshotOf({})).toEqual({
      namespace: 'shop',
      claim: 'data',
      handle: 'snap-1',
      driver: 'disk.example.com',
      taken: '2026-11-22T20:58:27Z',
    });
  });

  it('takes size and time from the archived content, which the driver has filled', () => {
    const content = {
      handle: 'snap-1',
      driver: 'disk.example.com',
      size: 5_368_709_120,
      taken: '2026-11-22T20:58:29Z',
    };
    expect(snapshotOf({}, new Map([['content-1', content]]))).toMatchObject({
      size: 5_368_709_120,
      taken: '2026-11-22T20:58:29Z',
    });
  });

  it.each([
    ['handle', { handle: 'snap-2', driver: 'disk.example.com' }],
    ['driver', { handle: 'snap-1', driver: 'nas.example.com' }],
  ])('refuses a backup whose content has another %s', (_what, content) => {
    expect(snapshotOf({}, new Map([['content-1', content]]))).toEqual({
      fault: expect.stringContaining('contradicts itself'),
    });
  });

  it.each([
    ['without the facts of a snapshot', { csiSnapshotInfo: undefined }],
    ['whose facts are a text', { csiSnapshotInfo: 'snap-1' }],
    ['with a handle that holds a line break', { csiSnapshotInfo: { snapshotHandle: 'a\nb', driver: 'd' } }],
    ['with an empty handle', { csiSnapshotInfo: { snapshotHandle: '', driver: 'd' } }],
    ['with a handle that is a number', { csiSnapshotInfo: { snapshotHandle: 7, driver: 'd' } }],
    ['with a driver that is a path', { csiSnapshotInfo: { snapshotHandle: 's', driver: '../../x' } }],
    ['whose snapshot failed', { result: 'failed' }],
  ])('says why an entry %s is of no use', (_what, changes) => {
    expect(snapshotOf(changes)).toEqual({ fault: expect.any(String) });
  });

  it.each([
    ['moved to kopia', { snapshotDataMoved: true }],
    ['skipped', { skipped: true }],
    ['copied file by file', { backupMethod: 'PodVolumeBackup' }],
    ['of another claim', { pvcName: 'other' }],
  ])('knows no snapshot where the volume was %s', (_what, changes) => {
    expect(snapshotOf(changes)).toBeUndefined();
  });

  it('takes the first of two entries for one claim', () => {
    const second = { ...info, csiSnapshotInfo: { snapshotHandle: 'snap-2', driver: 'disk.example.com' } };
    expect(new SavedVolumes([info, second]).snapshotOf('shop', 'data', nothing)).toMatchObject({
      handle: 'snap-1',
    });
  });
});
