import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonAt } from '../../../../shared/platform/kubernetes/json-at';
import { layout, pathsOf, randomJson, textOf } from './random-json';

describe('jsonAt', () => {
  it('gives the bytes of any value', () => {
    fc.assert(
      fc.property(randomJson.value, layout, fc.nat(), (value, form, pick) => {
        const paths = pathsOf(value);
        const path = paths[pick % paths.length]!;
        const at = path.reduce<unknown>(
          (inner, step) => (inner as Record<string | number, unknown>)[step],
          value,
        );
        expect(JSON.parse(jsonAt(Buffer.from(textOf(value, form)), path)!.toString())).toEqual(at);
      }),
    );
  });

  it('gives nothing where there is nothing, and the last of a key that is there twice', () => {
    expect(jsonAt(Buffer.from('{"a":[1]}'), ['a', 1])).toBeUndefined();
    expect(jsonAt(Buffer.from('{"a":1}'), ['a', 'b'])).toBeUndefined();
    expect(jsonAt(Buffer.from('{"a":1,"a":2}'), ['a'])?.toString()).toBe('2');
  });
});
