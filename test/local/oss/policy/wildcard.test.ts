import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matches } from '../../../../local/oss/policy/wildcard';

describe('wildcards of RAM', () => {
  it.each([
    ['*', '', true],
    ['backups/*', 'backups/', true],
    ['backups/*', 'backups/a/b.json', true],
    ['backups/*', 'backup', false],
    ['runs/*/request.json', 'runs/backups/a/request.json', true],
    ['runs/*/request.json', 'runs/backups/a/request.json.bak', false],
    ['lease-?.json', 'lease-1.json', true],
    ['lease-?.json', 'lease-12.json', false],
    ['a.c', 'abc', false],
    ['*ab', 'aab', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('match as the regular expression of the same meaning does', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 12 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    fc.assert(
      fc.property(words, texts, (pattern, text) => {
        const same = pattern.replace(/[*?]/g, (sign) => (sign === '*' ? '[^]*' : '[^]'));
        return matches(pattern, text) === new RegExp(`^${same}$`).test(text);
      }),
    );
  });
});
