import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { after, byteOrder, KeyIndex, fromByteOrder } from '../../../../local/oss/storage/key-index';

const keys = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ab/]{0,4}$/)), {
  maxLength: 40,
});

function walk(index: KeyIndex<string>): string[] {
  const seen: string[] = [];
  for (let at = index.seek(''); at; at = index.next(at.bytes)) seen.push(at.value);
  return seen;
}

describe('KeyIndex', () => {
  it('walks keys in the order of their UTF-8 bytes, whatever was added and removed', () => {
    fc.assert(
      fc.property(keys, keys, (added, removed) => {
        const index = new KeyIndex<string>();
        for (const key of added) index.set(key, key);
        for (const key of removed) index.delete(key);
        const expected = [...new Set(added)]
          .filter((key) => !removed.includes(key))
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(walk(index)).toEqual(expected);
        expect(index.size).toBe(expected.length);
      }),
      { numRuns: 50 },
    );
  });

  it('loads the same order at once', () => {
    fc.assert(
      fc.property(keys, (added) => {
        const [one, other] = [new KeyIndex<string>(), new KeyIndex<string>()];
        for (const key of added) one.set(key, key);
        other.load(added.map((key) => [key, key]));
        expect(walk(other)).toEqual(walk(one));
      }),
    );
  });

  it('passes exactly the keys of a prefix', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'binary' }),
        (prefix, rest) => {
          const end = after(byteOrder(prefix));
          expect(end === undefined || byteOrder(prefix + rest) < end).toBe(true);
          expect(fromByteOrder(byteOrder(prefix))).toBe(prefix);
        },
      ),
    );
  });
});
