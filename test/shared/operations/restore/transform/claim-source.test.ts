import { describe, expect, it } from '@jest/globals';
import { dropHelperSource, fillFrom } from '../../../../../shared/operations/restore/transform/claim-source';

const claim = (spec: Record<string, unknown>) => ({ metadata: { name: 'data' }, spec });
const source = (name: string, kind = 'VolumeSnapshot') => ({
  apiGroup: 'snapshot.storage.k8s.io',
  kind,
  name,
});
const helper = 'lifeboat-0123456789abcdef0123456789abcdef';

describe('fillFrom', () => {
  it('names the snapshot and nothing else as the source', () => {
    const filled = claim({ dataSource: source('old'), dataSourceRef: source('old') });
    fillFrom(filled, helper, undefined);
    expect(filled.spec).toEqual({ dataSource: source(helper) });
  });

  it.each([
    ['1Gi', 2 * 1024 ** 3, '2147483648'],
    ['2Gi', 1024 ** 3, '2Gi'],
    ['1Gi', 1024 ** 3, '1Gi'],
    ['1Gi', undefined, '1Gi'],
  ])('asks for no less than the snapshot needs: %s and %s bytes give %s', (storage, size, expected) => {
    const filled = claim({ resources: { requests: { storage } } });
    fillFrom(filled, helper, size);
    expect(filled.spec.resources).toEqual({ requests: { storage: expected } });
  });
});

describe('dropHelperSource', () => {
  it('takes out the source that a restore gave the claim, and leaves those of people', () => {
    const restored = claim({ dataSource: source(helper), dataSourceRef: source(helper) });
    dropHelperSource(restored);
    expect(restored.spec).toEqual({});
    for (const own of [
      source('nightly'),
      source(helper, 'PersistentVolumeClaim'),
      source('lifeboat-backups'),
    ]) {
      const kept = claim({ dataSource: own, dataSourceRef: own });
      dropHelperSource(kept);
      expect(kept.spec).toEqual({ dataSource: own, dataSourceRef: own });
    }
  });
});
