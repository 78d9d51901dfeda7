import { describe, expect, it } from '@jest/globals';
import { duplicateKey } from '../../../../shared/platform/input/duplicate-key';

describe('duplicateKey', () => {
  it.each([
    ['{"matchLabels":{"app":"web","app":"nginx"}}', 'app'],
    ['{"a":[{"b":1},{"c":1,"c":2}]}', 'c'],
    ['{"a" : {} , "a":{}}', 'a'],
    ['{"a\\u0062":1,"ab":2}', 'ab'],
    ['{"x":{"y":1},"z":2,"x":3}', 'x'],
  ])('finds the key of %s', (json, key) => {
    expect(duplicateKey(json)).toBe(key);
  });

  it.each([
    '{"a":{"b":1},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"\\"a\\":"}',
    '["a","a"]',
    '{"__proto__":1,"constructor":2}',
    '"a"',
    '{}',
  ])('finds none in %s', (json) => {
    expect(duplicateKey(json)).toBeUndefined();
  });
});
