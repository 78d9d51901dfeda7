import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SplitList, splitList } from '../../../../shared/platform/kubernetes/split-list';
import { span, spanWidth } from '../../../../shared/platform/kubernetes/item-scan';
import { isKind } from '../../../../shared/platform/errors';
import { layout, randomJson, randomKey, textOf } from './random-json';

const item = fc.dictionary(
  randomKey.filter((key) => key !== '__proto__'),
  randomJson.value,
  { maxKeys: 5, noNullPrototype: true },
);
const listMetadata = fc.record(
  {
    continue: fc.string({ minLength: 1 }),
    resourceVersion: fc.stringMatching(/^[0-9]{1,12}$/),
    remainingItemCount: fc.nat(),
  },
  { requiredKeys: [] },
);

function textsOf(page: Buffer, { items }: SplitList): string[] {
  const texts: string[] = [];
  for (let at = 0; at < items.length; at += spanWidth)
    texts.push(page.toString('utf8', items[at + span.start], items[at + span.end]));
  return texts;
}

describe('splitList', () => {
  it('gives each item byte for byte, and the metadata, whatever the order of the keys', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(item, layout), { maxLength: 5 }),
        listMetadata,
        fc.shuffledSubarray(['apiVersion', 'items', 'kind', 'metadata', 'other'], { minLength: 5 }),
        randomJson.value,
        fc.constantFrom('', ' ', '\n\t '),
        (items, metadata, order, other, space) => {
          const texts = items.map(([value, form]) => textOf(value, form));
          const parts: Record<string, string> = {
            apiVersion: '"v1"',
            kind: '"PodList"',
            metadata: JSON.stringify(metadata),
            other: JSON.stringify(other),
            items: `[${space}${texts.join(`${space},${space}`)}${space}]`,
          };
          const page = `${space}{${space}${order.map((key) => `"${key}"${space}:${space}${parts[key]}`).join(`${space},${space}`)}${space}}${space}`;

          const bytes = Buffer.from(page);
          const split = splitList(bytes);

          expect(textsOf(bytes, split)).toEqual(texts);
          const { items: _, ...rest } = split;
          expect(rest).toEqual({ ...metadata, apiVersion: 'v1', kind: 'PodList', hasItems: true });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('keeps 64-bit integers and the spelling of floats', () => {
    const page = Buffer.from(
      '{"items":[{"a":9223372036854775807,"b":1.0,"c":1e3}],"metadata":{"continue":"x"}}',
    );
    const cut = splitList(page);
    expect(textsOf(page, cut)).toEqual(['{"a":9223372036854775807,"b":1.0,"c":1e3}']);
    expect(cut.continue).toBe('x');
  });

  it('takes an empty list, and one whose items are null, as no items', () => {
    expect(splitList(Buffer.from('{"items":[],"metadata":{}}')).items).toEqual([]);
    expect(splitList(Buffer.from('{"metadata":{"continue":""},"items":null}'))).toEqual({
      items: [],
      hasItems: true,
    });
    expect(splitList(Buffer.from('{}'))).toEqual({ items: [], hasItems: false });
  });

  it('ends on every truncation of a page with an error, or with a page that is a page', () => {
    const page = Buffer.from(
      '{"metadata":{"continue":"a\\"b"},"items":[{"a":"\\\\","b":[1,{"c":null}]},{"d":true}]}',
    );
    for (let length = 0; length < page.length; length++) {
      let thrown: unknown;
      try {
        splitList(page.subarray(0, length));
      } catch (error) {
        thrown = error;
      }
      expect(isKind(thrown, 'corrupt')).toBe(true);
    }
    expect(textsOf(page, splitList(page))).toHaveLength(2);
  });

  it.each([
    ['an item that is no object', '{"items":[1]}'],
    ['text behind the list', '{"items":[]} {}'],
    ['a list that is an array', '[]'],
    ['items without a comma', '{"items":[{} {}]}'],
    ['a key without a colon', '{"items" []}'],
    ['metadata that cannot be read', '{"metadata":{"continue":oops}}'],
  ])('refuses %s', (_, page) => {
    expect(() => splitList(Buffer.from(page))).toThrow(/not JSON/);
  });
});
