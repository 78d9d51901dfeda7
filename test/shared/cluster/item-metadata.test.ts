import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metadataOf } from '../../../shared/cluster/item-metadata';
import { layout, randomJson, textOf } from './random-json';

describe('metadataOf', () => {
  it('gives what parsing the whole object gives', () => {
    fc.assert(
      fc.property(randomJson.object, randomJson.object, layout, (object, metadata, form) => {
        const text = textOf({ ...object, metadata }, form);
        expect(metadataOf(Buffer.from(text))).toEqual(metadata);
      }),
    );
  });

  it('refuses an object without metadata', () => {
    for (const text of ['{}', '[]', '{"metadata":null}', '{"metadata":"x"}', '']) {
      expect(() => metadataOf(Buffer.from(text))).toThrow(/not JSON/);
    }
  });
});
