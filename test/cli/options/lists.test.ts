import { describe, expect, it } from '@jest/globals';
import { commaSeparated, keyValues, mappings, trueOrFalse } from '../../../cli/options/lists';

describe('flags that hold lists', () => {
  it('adds up a repeated flag', () => {
    expect(commaSeparated('c', commaSeparated('a, b'))).toEqual(['a', 'b', 'c']);
  });

  it('reads labels, values with = included', () => {
    expect(keyValues('team=shop,note=a=b')).toEqual({ team: 'shop', note: 'a=b' });
  });

  it('reads namespace mappings', () => {
    expect(mappings('shop:shop-copy,db:db2')).toEqual({ shop: 'shop-copy', db: 'db2' });
  });

  it('names the part that has no separator', () => {
    expect(() => mappings('shop')).toThrow('"shop" is not of the form old:new');
  });

  it('wants true or false spelt out', () => {
    expect(trueOrFalse('false')).toBe(false);
    expect(() => trueOrFalse('yes')).toThrow('"yes" is neither true nor false');
  });
});
