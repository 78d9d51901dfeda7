import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearName } from '../../../../shared/platform/input/near-name';

const names = ['hourly', 'daily', 'shop-weekly', 'a', 'b'];

describe('the near name', () => {
  it.each([
    ['huorly', 'hourly'],
    ['hourl', 'hourly'],
    ['hourlyy', 'hourly'],
    ['dayly', 'daily'],
    ['shop-weakly', 'shop-weekly'],
    ['shpo-wekly', 'shop-weekly'],
  ])('of %s is %s', (given, meant) => {
    expect(nearName(given, names)).toBe(meant);
  });

  it.each(['monthly', 'production', 'xyz', ''])('of "%s" is none', (given) => {
    expect(nearName(given, names.slice(0, 3))).toBeUndefined();
  });

  it('is the name itself where it is there', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
    fc.assert(
      fc.property(fc.array(name), name, (others, given) => {
        expect(nearName(given, [...others, given])).toBe(given);
      }),
    );
  });
});
