import { describe, expect, it } from '@jest/globals';
import { volumeDataRow } from '../../../local/demo/volume-data';
import type { SeenObject, Snapshot } from '../../../local/proof/snapshot';

/** A snapshot with these claims, each with the name of its volume. */
function claims(volumes: Record<string, string | undefined>): Snapshot {
  return new Map(
    Object.entries(volumes).map(([name, volumeName]) => [
      `persistentvolumeclaims shop/${name}`,
      { spec: { volumeName } } as unknown as SeenObject,
    ]),
  );
}

describe("the demo's row of volume data", () => {
  const before = claims({ uploads: 'pvc-1', data: 'pvc-2', waiting: undefined });

  it('says no where claims came back with other volumes', () => {
    expect(
      volumeDataRow(before, claims({ uploads: 'pvc-8', data: 'pvc-9' }), { errors: 0, warnings: 2 }),
    ).toEqual({ mark: 'no', detail: '2 of 2 claims came back empty, and the restore says so' });
    expect(volumeDataRow(before, claims({ uploads: 'pvc-1' }), { errors: 1, warnings: 0 })).toMatchObject({
      mark: 'no',
      detail: expect.stringContaining('1 of 2 claims'),
    });
  });

  it('says FAILED where the restore was silent about a claim', () => {
    const after = claims({ uploads: 'pvc-8', data: 'pvc-9' });
    expect(volumeDataRow(before, after, { errors: 0, warnings: 1 }).mark).toBe('FAILED');
  });

  it('says yes only where every claim has the volume that it had', () => {
    expect(volumeDataRow(before, before, { errors: 0, warnings: 0 }).mark).toBe('yes');
  });

  it('says no where no claim had a volume', () => {
    const pending = claims({ uploads: undefined });
    expect(volumeDataRow(pending, pending, { errors: 0, warnings: 0 }).mark).toBe('no');
  });
});
