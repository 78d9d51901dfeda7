import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPattern, matcher, patternFault } from '../../../../../shared/formats/manifests/selection/glob';

describe('a pattern', () => {
  it.each([
    ['shop', 'shop', true],
    ['shop', 'shop-1', false],
    ['shop-*', 'shop-1', true],
    ['shop-*', 'shop', false],
    ['*', 'anything.at.all', true],
    ['sh?p', 'shop', true],
    ['sh?p', 'shoop', false],
    ['team-[abc]', 'team-b', true],
    ['team-[abc]', 'team-d', false],
    ['team-[a-c]', 'team-b', true],
    ['team-[!a]', 'team-b', true],
    ['team-[!a]', 'team-a', false],
    ['*.example.com', 'coupons.shop.example.com', true],
    ['{pods,secrets}', 'secrets', true],
    ['{pods,secrets}', 'configmaps', false],
    ['a.b', 'axb', false],
    ['unclosed[', 'unclosed[', false],
  ])('%s on %s gives %s', (pattern, text, expected) => {
    expect(matcher(pattern)(text)).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['{a,b*}c', 'bxyc', true],
    ['{a,{b,c}d}', 'cd', true],
    ['{,x}a', 'a', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['*a*b', 'xaxb', true],
    ['[a-]', '-', true],
    ['[!a-c]', 'd', true],
    ['[z-a]', 'z', false],
    ['{a,b', 'a', false],
    ['a,b}', 'a,b}', true],
    ['中?', '中𠀀', true],
  ])('%s on %s gives %s, as gobwas/glob', (pattern, text, expected) => {
    expect(matcher(pattern)(text)).toBe(expected);
  });

  it.each<[string, string]>([
    ['*a'.repeat(200), 'a'.repeat(250)],
    [`${'*a'.repeat(100)}*b`, 'a'.repeat(250)],
    [`${'{a,*}'.repeat(100)}b`, 'a'.repeat(250)],
    [`${'{*,*}'.repeat(150)}b`, 'a'.repeat(250)],
    [`${'{'.repeat(400)}a${'}'.repeat(400)}`, 'a'],
  ])('that would never end by backtracking is judged at once: %#', (pattern, text) => {
    const start = performance.now();
    matcher(pattern)(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('of more than 1,000 characters matches nothing', () => {
    expect(matcher(`*${'a'.repeat(1_000)}`)('a'.repeat(1_000))).toBe(false);
  });

  it('without special characters matches itself and nothing else', () => {
    const name = fc.stringMatching(/^[a-z0-9.-]{1,20}$/);
    fc.assert(
      fc.property(name, name, (pattern, text) => expect(matcher(pattern)(text)).toBe(pattern === text)),
    );
  });

  it('with a star between matches whatever is put in its place', () => {
    const name = fc.stringMatching(/^[a-z0-9.-]{0,10}$/);
    fc.assert(fc.property(name, name, name, (a, b, c) => expect(matcher(`${a}*${c}`)(a + b + c)).toBe(true)));
  });
});

describe('a namespace pattern', () => {
  it.each(['a|b', 'a(b)', '!a', '{a,b}', 'a,b', 'a**', 'a[', 'a[]', 'a]'])('%s is refused', (pattern) => {
    expect(patternFault(pattern)).toContain(pattern);
  });

  it.each(['*', 'shop', 'shop-*', 'sh?p', 'team-[abc]'])('%s is understood', (pattern) => {
    expect(patternFault(pattern)).toBeUndefined();
  });

  it('is expanded when it has a star, a question mark or a bracket', () => {
    expect(['shop', 'a.b', 'sh*p', 'sh?p', '[ab]'].map(isPattern)).toEqual([false, false, true, true, true]);
  });
});
