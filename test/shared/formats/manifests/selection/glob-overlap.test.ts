import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matcher } from '../../../../../shared/formats/manifests/selection/glob';
import { couldBeOne, overlaps } from '../../../../../shared/formats/manifests/selection/glob-overlap';

describe('two names or patterns of namespaces', () => {
  it.each([
    ['shop', 'shop', true],
    ['shop', 'bank', false],
    ['shop', 'sh*', true],
    ['*', 'shop-*', true],
    ['shop-*', '*-prod', true],
    ['shop-*', 'web-*', false],
    ['a?', 'a??', false],
    ['[ab]x', '[bc]x', true],
    ['[ab]x', '[cd]x', false],
    ['*[!a]', '*a', false],
    ['A*', 'A?', false],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(couldBeOne(one, other)).toBe(expected);
    expect(couldBeOne(other, one)).toBe(expected);
  });

  it('overlap exactly when some name matches both', () => {
    const piece = fc.constantFrom('a', 'b', '?', '*', '[ab]', '[!a]');
    // Without two stars in a row, which the manifest refuses.
    const pattern = fc
      .array(piece, { minLength: 1, maxLength: 4 })
      .map((pieces) => pieces.join('').replace(/\*+/g, '*'));
    const names = [''];
    for (const name of names) {
      if (name.length < 6) names.push(`${name}a`, `${name}b`, `${name}c`);
    }
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const [first, second] = [matcher(one), matcher(other)];
        expect(couldBeOne(one, other)).toBe(names.some((name) => first(name) && second(name)));
      }),
      { numRuns: 150 },
    );
  });

  it('overlap as lists when one entry overlaps with one', () => {
    expect(overlaps(['x', 'shop-*'], ['y', 'shop-1'])).toBe(true);
    expect(overlaps(['x', 'shop-*'], ['y', 'web-1'])).toBe(false);
    expect(overlaps([], ['y'])).toBe(false);
  });
});
