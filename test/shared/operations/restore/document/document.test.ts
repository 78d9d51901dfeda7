import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExactNumber } from '../../../../../shared/platform/input/exact-number';
import { parseDocument, serializeDocument } from '../../../../../shared/operations/restore/document/document';

const wrap = (json: string) => Buffer.from(`{"metadata":{"name":"a"},"value":${json}}`);
const roundTrip = (json: string) =>
  serializeDocument(parseDocument(wrap(json), 'test')).slice('{"metadata":{"name":"a"},"value":'.length, -1);

describe('parseDocument and serializeDocument', () => {
  it.each([
    '9007199254740993',
    '-9223372036854775808',
    '18446744073709551615',
    '1.0',
    '1e3',
    '1E+400',
    '-0',
    '0.1',
    '[1.50,{"deep":12345678901234567890}]',
  ])('give %s back as it was written', (number) => {
    expect(roundTrip(number)).toBe(number);
  });

  it('leave digits inside strings alone', () => {
    const text = JSON.stringify('say "9007199254740993", 1.0 and \\ then: 1e5');
    expect(roundTrip(text)).toBe(text);
    expect(roundTrip(`[${text},1.0]`)).toBe(`[${text},1.0]`);
  });

  it('keep what a document says for any JSON with any numbers in it', () => {
    const number = fc.oneof(
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
      fc.tuple(fc.integer(), fc.nat()).map(([whole, rest]) => `${whole}.${rest}0`),
      fc.tuple(fc.nat(), fc.integer({ min: -30, max: 30 })).map(([whole, power]) => `${whole}e${power}`),
    );
    const json = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        number,
        fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
        fc.constantFrom('true', 'false', 'null'),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
        fc
          .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), tie('value')), {
            selector: ([key]) => key,
            maxLength: 4,
          })
          // Keys that look like array indexes are put first by JavaScript; their order means nothing in JSON.
          .map((entries) => entries.filter(([key]) => !/^\d+$/.test(key)))
          .map((entries) => `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${item}`).join(',')}}`),
      ),
    })).value;
    fc.assert(
      fc.property(json, (text) => {
        expect(roundTrip(text)).toBe(text);
      }),
    );
  });

  it('give ordinary numbers as numbers, and odd ones with their text', () => {
    const { value } = parseDocument(wrap('[30080,9007199254740993]'), 'test') as unknown as {
      value: unknown[];
    };
    expect(value[0]).toBe(30080);
    expect(value[1]).toBeInstanceOf(ExactNumber);
    expect((value[1] as ExactNumber).text).toBe('9007199254740993');
  });

  it.each(['[]', '{}', '{"metadata":{}}', '{"metadata":{"name":1}}', '{', 'null'])(
    'refuse %s, which is no Kubernetes object',
    (text) => {
      expect(() => parseDocument(Buffer.from(text), 'secrets a/b')).toThrow(/^secrets a\/b is not/);
    },
  );

  it.each([
    '{"data":{"password":"hunter2"',
    '{"data": hunter2}',
    '{"data":{"a":12345678901234567890,"b":hunter2}}',
  ])('never quote the content in an error, nor in its cause: %s', (text) => {
    try {
      parseDocument(Buffer.from(text), 'secrets a/b');
    } catch (error) {
      expect(inspect(error)).not.toContain('hunter2');
      return;
    }
    throw new Error('it was accepted');
  });
});
