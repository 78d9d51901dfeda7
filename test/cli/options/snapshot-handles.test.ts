import { describe, expect, it } from '@jest/globals';
import { shownHandles, snapshotHandle } from '../../../cli/options/snapshot-handles';

describe('--snapshot-handle', () => {
  it('adds up, and takes a handle with commas and equals signs as it is', () => {
    const first = snapshotHandle('shop/data=snap-1');
    expect(snapshotHandle('shop/logs=a=b,c', first)).toEqual({ 'shop/data': 'snap-1', 'shop/logs': 'a=b,c' });
  });

  it.each(['shop/data', '=snap-1', 'shop/data='])('refuses %s', (value) => {
    expect(() => snapshotHandle(value)).toThrow('is not of the form namespace/claim=handle');
  });

  it('refuses two handles for one claim', () => {
    expect(() => snapshotHandle('shop/data=b', { 'shop/data': 'a' })).toThrow(
      'is given two handles: a and b',
    );
  });
});

describe('--all-snapshot-handles', () => {
  const object = {
    action: 'create' as const,
    groupResource: 'persistentvolumeclaims',
    apiVersion: 'v1',
    kind: 'X',
  };
  const snapshot = { claim: 'shop/data', handle: 'snap-1', driver: 'd', restored: false };

  it('takes the handles that the plan showed, by the claims of the backup', async () => {
    const objects = [
      { ...object, namespace: 'copy', name: 'data', snapshot },
      { ...object, name: 'empty' },
    ];
    expect(await shownHandles(objects, 'plan.json')).toEqual({ 'shop/data': 'snap-1' });
  });

  it('refuses a plan that shows none', async () => {
    await expect(shownHandles([{ ...object, name: 'empty' }], 'plan.json')).rejects.toThrow(
      'plan plan.json shows no snapshots',
    );
  });
});
