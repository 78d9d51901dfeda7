import { describe, expect, it } from '@jest/globals';
import { parseLabelSelector } from '../../../../local/cluster/objects/selectors';
import { StatusError } from '../../../../local/cluster/http/status-error';

describe('label selectors', () => {
  it.each([
    ['app=shop', { app: 'shop' }, true],
    ['app=shop', { app: 'other' }, false],
    ['app!=shop', {}, true],
    ['app in (shop, bank)', { app: 'bank' }, true],
    ['app notin (shop)', { app: 'shop' }, false],
    ['app notin (shop)', {}, true],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    ['example.com/tier=web,app', { 'example.com/tier': 'web', app: 'x' }, true],
    ['size>3', { size: '4' }, true],
    ['size<3', {}, false],
    ['', { any: 'thing' }, true],
  ])('%s over %j is %s', (selector, labels, expected) => {
    expect(parseLabelSelector(selector)(labels as Record<string, string>)).toBe(expected);
  });

  it.each(['a in', 'a in (', 'a=b,', '!!a', 'a b', '=a'])('%s is refused', (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(StatusError);
  });
});
