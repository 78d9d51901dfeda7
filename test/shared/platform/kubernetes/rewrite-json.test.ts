import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rewriteJson } from '../../../../shared/platform/kubernetes/rewrite-json';
import { layout, randomJson, textOf } from './random-json';

describe('rewriteJson', () => {
  it('writes any changed value as it was changed', () => {
    const small = (value: unknown) => !/\d{16}|e\+/.test(JSON.stringify(value));
    fc.assert(
      fc.property(randomJson.value, randomJson.value.filter(small), layout, (before, after, form) => {
        expect(JSON.parse(rewriteJson(Buffer.from(textOf(before, form)), after).toString())).toEqual(after);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back the bytes when nothing was changed', () => {
    fc.assert(
      fc.property(randomJson.value, layout, (value, form) => {
        const text = textOf(value, form);
        expect(rewriteJson(Buffer.from(text), JSON.parse(text)).toString()).toBe(text);
      }),
    );
  });

  it('keeps 64-bit integers beside, under and behind what was changed', () => {
    const text =
      '{"n":9223372036854775807,"list":[{"name":"a","n":9007199254740993},{"name":"b","n":1.0},{"name":"c","n":9007199254740995}]}';
    const object = JSON.parse(text);
    object.list.splice(1, 1);
    object.list[1].image = 'new';
    object.added = { x: 1 };
    expect(rewriteJson(Buffer.from(text), object).toString()).toBe(
      '{"n":9223372036854775807,"list":[{"name":"a","n":9007199254740993},{"name":"c","n":9007199254740995,"image":"new"}],"added":{"x":1}}',
    );
  });

  it('drops what was deleted or set to undefined', () => {
    const object = JSON.parse('{"a":1,"b":2,"c":{"d":1.0}}');
    delete object.a;
    object.b = undefined;
    object.c.e = undefined;
    expect(rewriteJson(Buffer.from('{"a":1,"b":2,"c":{"d":1.0}}'), object).toString()).toBe(
      '{"c":{"d":1.0}}',
    );
  });

  it('refuses to write a number whose digits are lost', () => {
    const object = JSON.parse('{"a":9223372036854775807}');
    object.b = object.a;
    expect(() => rewriteJson(Buffer.from('{"a":9223372036854775807}'), object)).toThrow(/losing digits/);
  });
});
