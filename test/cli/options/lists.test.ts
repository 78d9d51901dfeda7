import { describe, expect, it } from '@jest/globals';
import { commaSeparated, keyValues, mappings, trueOrFalse } from '../../../cli/options/lists';

describe('flags that hold lists', () => {
  it('adds up a repeated flag', () => {
    expect(commaSeparated('c', commaSeparated('a, b'))).toEqual(['a', 'b', 'c']);
  });

  it.each(['', ' ', ',', ' , '])('are not taken empty, as from a variable that is not set: "%s"', (value) => {
    expect(() => commaSeparated(value)).toThrow('a list that is given is empty');
    expect(() => commaSeparated(value, ['a'])).toThrow('a list that is given is empty');
    expect(() => mappings(value)).toThrow('a list that is given is empty');
  });

  it('reads labels, values with = included', () => {
    expect(keyValues('team=shop,note=a=b')).toEqual({ team: 'shop', note: 'a=b' });
  });

  it('reads namespace mappings', () => {
    expect(mappings('shop:shop-copy,db:db2')).toEqual({ shop: 'shop-copy', db: 'db2' });
  });

  it('refuses a key with two values, also over repeated flags', () => {
    expect(() => keyValues('app=web,app=nginx')).toThrow('"app" is given two values: web and nginx');
    expect(() => mappings('shop:b', mappings('shop:a'))).toThrow('"shop" is given two values: a and b');
    expect(mappings('shop:a,shop:a')).toEqual({ shop: 'a' });
  });

  it('names the part that has no separator', () => {
    expect(() => mappings('shop')).toThrow('"shop" is not of the form old:new');
  });

  it('wants true or false spelt out', () => {
    expect(trueOrFalse('false')).toBe(false);
    expect(() => trueOrFalse('yes')).toThrow('"yes" is neither true nor false');
  });
});
