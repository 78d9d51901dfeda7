import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { compareQuantities, quantityOf } from '../../../../../shared/platform/kubernetes/quantity';
import { mapStorageClasses } from '../../../../../shared/operations/restore/transform/storage-classes';

const mapping = { fast: { to: 'essd', accessModes: ['ReadWriteOnce' as const], minimumSize: '20Gi' } };
const claim = (storage: string, more: object = {}) =>
  ({
    metadata: { name: 'c', ...more },
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteMany'], resources: { requests: { storage } } },
  }) as unknown as KubeObject;

describe('mapStorageClasses', () => {
  it('gives a claim its new class, its access modes and the least size', () => {
    const [small, large] = [claim('1Gi'), claim('30Gi')];
    for (const one of [small, large]) mapStorageClasses('persistentvolumeclaims', one, mapping, false);
    expect(small.spec).toEqual({
      storageClassName: 'essd',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '20Gi' } },
    });
    expect(large.spec?.resources).toEqual({ requests: { storage: '30Gi' } });
  });

  it('leaves modes and size of a claim that keeps its volume', () => {
    const kept = claim('1Gi');
    mapStorageClasses('persistentvolumeclaims', kept, mapping, true);
    expect(kept.spec).toEqual({ ...claim('1Gi').spec, storageClassName: 'essd' });
  });

  it('maps the annotation of old claims, volumes, and the templates of StatefulSets', () => {
    const annotation = 'volume.beta.kubernetes.io/storage-class';
    const old = claim('1Gi', { annotations: { [annotation]: 'fast' } });
    delete old.spec?.storageClassName;
    mapStorageClasses('persistentvolumeclaims', old, mapping, false);
    expect(old.metadata.annotations).toEqual({ [annotation]: 'essd' });
    const set = { metadata: { name: 's' }, spec: { volumeClaimTemplates: [claim('1Gi')] } } as KubeObject;
    mapStorageClasses('statefulsets.apps', set, mapping, false);
    expect(JSON.stringify(set)).toContain('"storageClassName":"essd"');
    const volume = { metadata: { name: 'v' }, spec: { storageClassName: 'slow' } };
    mapStorageClasses('persistentvolumes', volume, mapping, false);
    expect(volume.spec.storageClassName).toBe('slow');
  });
});

describe('quantities', () => {
  it('are compared by what they mean', () => {
    expect(quantityOf('1.5Gi')).toBe(1.5 * 1024 ** 3);
    expect(quantityOf('500m')).toBe(0.5);
    expect(quantityOf('1e3')).toBe(1000);
    expect(quantityOf('much')).toBeNaN();
    expect(compareQuantities('1G', '1Gi')).toBeLessThan(0);
  });
});
