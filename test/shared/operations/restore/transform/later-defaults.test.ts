import { describe, expect, it } from '@jest/globals';
import { differences } from '../../../../../shared/operations/restore/transform/compare';

const between = (kind: string, wanted: object, present: object) =>
  differences(
    { apiVersion: 'v1', kind, metadata: { name: 'a' }, spec: { ...wanted } },
    { apiVersion: 'v1', kind, metadata: { name: 'a' }, spec: { ...present } },
  );

describe('what Kubernetes learnt to fill in after a backup was made', () => {
  // As an API server of v1.37 gives back objects that one of v1.20 stored.
  it.each([
    ['Service', { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' }],
    [
      'StatefulSet',
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
    ],
    ['Job', { completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed' }],
  ])('makes no other %s of it', (kind, filledIn) => {
    expect(between(kind, { a: 1 }, { a: 1, ...filledIn })).toEqual([]);
  });

  it('is a difference where the value is not the default, or the backup has another', () => {
    expect(between('Service', {}, { internalTrafficPolicy: 'Local' })).toEqual([
      'spec.internalTrafficPolicy',
    ]);
    expect(between('Job', { suspend: true }, { suspend: false })).toEqual(['spec.suspend']);
    expect(between('Service', { ipFamilies: ['IPv4'] }, { ipFamilies: ['IPv6'] })).toEqual([
      'spec.ipFamilies[0]',
    ]);
  });

  it('is looked for in the kinds that have it alone', () => {
    expect(between('Deployment', {}, { suspend: false })).toEqual(['spec.suspend']);
  });
});
