import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatJson, parseJson } from '../../../../local/cluster/objects/json-text';

describe('JSON text of the sandbox', () => {
  it('keeps integers beyond 2^53 as they are written', () => {
    const text = '{"a":9007199254740993,"b":[-9223372036854775808],"c":"9007199254740993"}';

    expect(formatJson(parseJson(text))).toBe(text);
    expect(parseJson(text)).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n],
      c: '9007199254740993',
    });
  });

  it('leaves to numbers what int64 cannot hold, and what is no integer', () => {
    const text = '[9223372036854775808,12345678901234567.5,1234567890123456e3]';

    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('gives back any value of JSON and int64', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc
          .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
          .filter((big) => !Number.isSafeInteger(Number(big))),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        expect(parseJson(formatJson(any))).toEqual(any);
      }),
    );
  });
});
