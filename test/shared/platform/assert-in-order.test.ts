import { describe, expect, it } from '@jest/globals';
import { assertInOrder } from '../../../shared/platform/assert-in-order';

describe('constants that hold only together', () => {
  it('are taken in the order in which they are given', () => {
    expect(() => assertInOrder('a lease', { renew: 1, stop: 2, lease: 3 })).not.toThrow();
  });

  it.each([
    [{ renew: 1, stop: 3, lease: 3 }, /a lease: stop \(3\) must be less than lease \(3\)/],
    [{ renew: 2, stop: 1, lease: 3 }, /a lease: renew \(2\) must be less than stop \(1\)/],
    [{ renew: Number.NaN, stop: 1 }, /renew \(NaN\)/],
  ])('are refused where one is not less than the next: %j', (numbers, fault) => {
    expect(() => assertInOrder('a lease', numbers as Record<string, number>)).toThrow(fault);
  });
});
