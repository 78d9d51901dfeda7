import { describe, expect, it } from '@jest/globals';
import { volumeFate } from '../../../../../shared/operations/restore/decide/volume-fate';

const retained = { reclaimPolicy: 'Retain', handle: 'csi/d/v' };
const info = { snapshotDataMoved: false, preserveLocalSnapshot: false, skipped: false, pvName: 'pv' };

describe('volumeFate', () => {
  it('restores a volume with policy Retain, and not one with Delete', () => {
    expect(volumeFate(retained, undefined)).toEqual({ restore: true });
    expect(volumeFate({ ...retained, reclaimPolicy: 'Delete' }, undefined)).toMatchObject({
      restore: false,
      reason: expect.stringContaining('Delete'),
    });
  });

  it.each([
    ['PodVolumeBackup' as const, false, /kopia/],
    ['CSISnapshot' as const, false, /CSI snapshot/],
    ['CSISnapshot' as const, true, /moved to kopia/],
    ['NativeSnapshot' as const, false, /disk snapshot/],
  ])('names the %s that holds the data (moved: %s), whatever the policy', (backupMethod, moved, words) => {
    const fate = volumeFate(retained, { ...info, backupMethod, snapshotDataMoved: moved });
    expect(fate).toMatchObject({ restore: false, reason: expect.stringMatching(words) });
  });

  it('goes by the policy where the backup skipped the volume', () => {
    const skipped = { ...info, skipped: true, backupMethod: 'CSISnapshot' as const };
    expect(volumeFate(retained, skipped)).toEqual({ restore: true });
  });

  it('says so when the volume is not in the backup', () => {
    expect(volumeFate(undefined, undefined)).toMatchObject({ restore: false });
  });
});
