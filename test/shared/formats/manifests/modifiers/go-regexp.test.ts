import { describe, expect, it } from '@jest/globals';
import { compileNamePattern } from '../../../../../shared/formats/manifests/modifiers/go-regexp';

const found = (pattern: string, text: string) => compileNamePattern(pattern)?.test(text);

describe('a regular expression for names', () => {
  it.each<[string, string, boolean]>([
    ['web', 'my-web-1', true],
    ['^web$', 'my-web', false],
    ['(?i)WEB', 'web', true],
    ['\\Aweb\\z', 'web', true],
    ['(?P<app>web|db)-[0-9]+', 'db-12', true],
    ['^[[:alpha:]]+$', 'web', true],
    ['\\pL+', '\u4e2d', true],
  ])('%s on %s gives %s, as Go', (pattern, text, expected) => {
    expect(found(pattern, text)).toBe(expected);
  });

  it.each(['a(?=b)', '(a)\\1', '(', 'x{1001}', '((a{100}){100}){100}', 'a'.repeat(501)])(
    '%s is none',
    (pattern) => expect(compileNamePattern(pattern)).toBeUndefined(),
  );

  it.each(['^(a+)+$', '^(a|aa)*$', '(.*a){30}$', '(((((a*)*)*)*)*)*b', '^(([a-z])+.)+[A-Z]$'])(
    '%s ends at once on a name that it does not match',
    (pattern) => {
      const start = performance.now();
      found(pattern, `${'a'.repeat(253)}!`);
      expect(performance.now() - start).toBeLessThan(5_000);
    },
  );
});
