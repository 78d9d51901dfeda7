import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editJson, type JsonEdit } from '../../../../shared/platform/kubernetes/spans';
import { layout, pathsOf, randomJson, textOf } from './random-json';

/** What an edit means, on a parsed value. */
function applied(value: unknown, edit: JsonEdit): unknown {
  const [step, ...rest] = edit.path;
  if (step === undefined) return 'set' in edit ? edit.set : value;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  if (rest.length > 0) {
    copy[step] = applied(copy[step], { ...edit, path: rest } as JsonEdit);
    return copy;
  }
  if ('set' in edit) copy[step] = edit.set;
  else if (Array.isArray(copy)) copy.splice(step as number, 1);
  else delete copy[step];
  return copy;
}

describe('editJson', () => {
  it('sets or removes any value, and means what it means on the parsed object', () => {
    fc.assert(
      fc.property(
        randomJson.value,
        layout,
        fc.nat(),
        randomJson.value,
        fc.boolean(),
        (value, form, pick, put, remove) => {
          const paths = pathsOf(value);
          const path = paths[pick % paths.length]!;
          const edit: JsonEdit = remove && path.length > 0 ? { path, remove } : { path, set: put };
          const edited = editJson(Buffer.from(textOf(value, form)), [edit]);
          expect(JSON.parse(edited.toString())).toEqual(applied(value, edit));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('makes several edits at once whose paths all mean the text as given', () => {
    fc.assert(
      fc.property(
        fc.array(randomJson.value, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat(2)),
        (values, dice) => {
          const what = values.map(() => dice.next().value as number);
          const edits = values.flatMap((_, index): JsonEdit[] =>
            what[index] === 0
              ? []
              : [what[index] === 1 ? { path: [index], set: 'new' } : { path: [index], remove: true }],
          );
          const expected = values.flatMap((value, index) =>
            what[index] === 0 ? [value] : what[index] === 1 ? ['new'] : [],
          );
          expect(JSON.parse(editJson(Buffer.from(JSON.stringify(values)), edits).toString())).toEqual(
            expected,
          );
        },
      ),
    );
  });

  it('leaves the bytes of everything else alone', () => {
    const text =
      '{"a":9223372036854775807,"b":{"c":1.50,"d":[1e2,{"e":-0.0,"f":"\\u0041"}],"gone":1},"z":1e400}';
    const edited = editJson(Buffer.from(text), [
      { path: ['b', 'gone'], remove: true },
      { path: ['b', 'd', 1, 'f'], set: 'B' },
      { path: ['new', 'deep'], set: [1] },
    ]);
    expect(edited.toString()).toBe(
      '{"a":9223372036854775807,"b":{"c":1.50,"d":[1e2,{"e":-0.0,"f":"B"}]},"z":1e400,"new":{"deep":[1]}}',
    );
  });

  it('makes the objects that are missing on the way, also in place of null', () => {
    expect(
      editJson(Buffer.from('{"metadata":null}'), [
        { path: ['metadata', 'labels', 'a'], set: 'b' },
      ]).toString(),
    ).toBe('{"metadata":{"labels":{"a":"b"}}}');
  });

  it('removes nothing where there is nothing, and makes nothing on the way', () => {
    const text = '{"a":{"b":null,"c":"text"}}';
    const edits: JsonEdit[] = [
      { path: ['x', 'y'], remove: true },
      { path: ['a', 'b', 'c'], remove: true },
      { path: ['a', 'c', 'd'], remove: true },
    ];
    expect(editJson(Buffer.from(text), edits).toString()).toBe(text);
  });

  it('appends at the end of an array, and refuses an index beyond', () => {
    expect(
      editJson(Buffer.from('[1]'), [
        { path: [1], set: 2 },
        { path: [2], set: 3 },
      ]).toString(),
    ).toBe('[1,2,3]');
    expect(editJson(Buffer.from('[]'), [{ path: [0], set: 1 }]).toString()).toBe('[1]');
    expect(() => editJson(Buffer.from('[1]'), [{ path: [2], set: 3 }])).toThrow(/no place/);
  });

  it('puts bytes as they are', () => {
    const bytes = Buffer.from('18446744073709551615');
    expect(editJson(Buffer.from('{"a":1}'), [{ path: ['a'], json: bytes }]).toString()).toBe(
      '{"a":18446744073709551615}',
    );
  });

  it('finds keys that are written with escapes, and every one of a key that is there twice', () => {
    const text = '{"\\u0061":1,"b":2,"a":3}';
    expect(editJson(Buffer.from(text), [{ path: ['a'], remove: true }]).toString()).toBe('{"b":2}');
    expect(JSON.parse(editJson(Buffer.from(text), [{ path: ['a'], set: 9 }]).toString())).toEqual({
      a: 9,
      b: 2,
    });
  });

  it('refuses edits that meet, and a value in the way', () => {
    const json = Buffer.from('{"a":{"b":1}}');
    expect(() =>
      editJson(json, [
        { path: ['a'], set: 1 },
        { path: ['a', 'b'], remove: true },
      ]),
    ).toThrow(/meet/);
    expect(() =>
      editJson(json, [
        { path: ['a', 'b'], remove: true },
        { path: ['a'], set: 1 },
      ]),
    ).toThrow(/meet/);
    expect(() => editJson(json, [{ path: ['a', 'b', 'c'], set: 1 }])).toThrow(/in the way of "c"/);
  });
});
