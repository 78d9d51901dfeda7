import { describe, expect, it } from '@jest/globals';
import { bestVersion } from '../../../../../shared/operations/restore/decide/best-version';

/** The versions of the target, the one it prefers first. */
const served = (...versions: string[]) =>
  versions.map((version, index) => ({ version, preferred: index === 0 }));
const stored = (preferred: string | undefined, ...others: string[]) => ({
  preferred,
  others: new Set(others),
});

describe('bestVersion', () => {
  it('takes what the target prefers, though it serves what the source preferred too', () => {
    expect(bestVersion(stored('v1', 'v2', 'v2beta1'), served('v2', 'v1'))).toBe('v2');
  });

  it('stays with what the source preferred where the target serves that and does not have its favourite', () => {
    expect(bestVersion(stored('v1', 'v2beta1', 'v2beta2'), served('v2', 'v1', 'v2beta2'))).toBeUndefined();
    expect(bestVersion(stored('v1', 'v1beta1'), served('v1', 'v1beta1'))).toBeUndefined();
  });

  it('takes the first that the target serves of the others', () => {
    expect(bestVersion(stored('v1', 'v1beta1', 'v1beta2'), served('v1beta3', 'v1beta2', 'v1beta1'))).toBe(
      'v1beta2',
    );
    expect(bestVersion(stored(undefined, 'v1beta1'), served('v1beta2', 'v1beta1'))).toBe('v1beta1');
  });

  it('leaves to conversion what the target serves in none of them', () => {
    expect(bestVersion(stored('v1', 'v1beta1'), served('v3', 'v2'))).toBeUndefined();
    expect(bestVersion(stored('v1', 'v1beta1'), [])).toBeUndefined();
  });
});
