import { describe, expect, it } from '@jest/globals';
import { asWritten } from '../../../../shared/operations/browse/as-written';

const metadata = { name: 'web', namespace: 'shop', labels: { app: 'web' }, annotations: { owner: 'sam' } };

describe('an object as it was written', () => {
  it('is the same before a restore and after it', () => {
    const restored = {
      ...metadata,
      uid: 'f0a1',
      resourceVersion: '7',
      labels: { app: 'web', 'velero.io/backup-name': 'shop-1', 'velero.io/restore-name': 'back' },
    };
    const one = { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'ClusterIP' } };
    expect(asWritten({ ...one, metadata: restored })).toEqual(one);
  });

  it('has no labels where a restore gave it its only ones', () => {
    const { labels: _labels, ...bare } = metadata;
    const one = { apiVersion: 'v1', kind: 'ConfigMap', metadata: bare };
    const labels = { 'velero.io/backup-name': 'shop-1' };
    expect(asWritten({ ...one, metadata: { ...bare, labels } })).toEqual(one);
  });

  it('is a copy: the object itself stays as it is', () => {
    const one = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, uid: 'f0a1' }, status: {} };
    const before = structuredClone(one);
    asWritten(one);
    expect(one).toEqual(before);
  });
});
