import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern, NameFilter } from '../../../../shared/restore/plan/name-pattern';

describe('matchesPattern', () => {
  it.each([
    ['*', 'anything', true],
    ['shop-*', 'shop-1', true],
    ['shop-*', 'shop', false],
    ['shop-?', 'shop-1', true],
    ['shop-?', 'shop-12', false],
    ['shop-[ab]', 'shop-b', true],
    ['shop-[ab]', 'shop-c', false],
    ['*.example.com', 'coupons.shop.example.com', true],
    ['a.b', 'axb', false],
    ['*.apps', 'deploymentsXapps', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('takes any name without pattern characters for itself alone', () => {
    const name = fc.stringMatching(/^[a-z0-9.+^$(){}|\\-]{1,20}$/);
    fc.assert(
      fc.property(name, name, (left, right) => {
        expect(matchesPattern(left, right)).toBe(left === right);
      }),
    );
  });
});

describe('NameFilter', () => {
  it('is everything only without excludes and with no includes or *', () => {
    expect(new NameFilter().everything).toBe(true);
    expect(new NameFilter(['*']).everything).toBe(true);
    expect(new NameFilter(['a']).everything).toBe(false);
    expect(new NameFilter(['*'], ['a']).everything).toBe(false);
  });
});
