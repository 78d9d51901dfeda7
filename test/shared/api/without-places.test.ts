import { describe, expect, it } from '@jest/globals';
import { withoutPlaces } from '../../../shared/api/without-places';

describe('what a caller with a scope reads', () => {
  it.each([
    [
      'Bucket lifeboat-state keeps versions: a create-only put means nothing there',
      'Bucket … keeps versions',
    ],
    ['Bucket lifeboat-state is locked by a retention policy (WORM)', 'Bucket … is locked by'],
    ['bucket "Lifeboat_State" is not a bucket name', 'bucket … is not a bucket name'],
    ['bucket lifeboat-state lies in cn-hangzhou', 'bucket … lies in'],
  ])('names no bucket: %s', (text, masked) => {
    expect(withoutPlaces(text)).toContain(masked);
    expect(withoutPlaces(text)).not.toMatch(/lifeboat.state/i);
  });

  it('keeps the word where no name follows', () => {
    const text = 'keep the state in a bucket in which versioning was never switched on';
    expect(withoutPlaces(text)).toBe(text);
  });
});
