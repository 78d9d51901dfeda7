import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument } from '../../../../shared/restore/document';
import { sameValue } from '../../../../shared/manifests/field-diff';
import { differences } from '../../../../shared/restore/transform/compare';
import { mergePatch } from '../../../../shared/restore/transform/merge-patch';

const parse = (json: string) =>
  parseDocument(Buffer.from(`{"metadata":{"name":"a"},"spec":${json}}`), 'test');
const between = (left: string, right: string) => differences(parse(left), parse(right));

describe('differences', () => {
  it('names the paths and no value', () => {
    expect(between('{"a":{"b.c":1,"d":[1,2]},"e":"x"}', '{"a":{"b.c":2,"d":[1,3]},"e":"y"}')).toEqual([
      'spec.a["b.c"]',
      'spec.a.d[1]',
      'spec.e',
    ]);
  });

  it.each([
    ['{"a":null}', '{}'],
    ['{"a":[]}', '{"a":null}'],
    ['{"a":1.0}', '{"a":1}'],
    ['{"a":1e2}', '{"a":100}'],
    ['{"a":9007199254740993}', '{"a":9007199254740993}'],
  ])('are none between %s and %s', (left, right) => {
    expect(between(left, right)).toEqual([]);
  });

  it.each([
    ['{"a":9007199254740993}', '{"a":9007199254740992}'],
    ['{"a":"1"}', '{"a":1}'],
    ['{"a":false}', '{}'],
    ['{"a":[1]}', '{"a":[1,1]}'],
    ['{"a":{}}', '{"a":{"b":0}}'],
  ])('are there between %s and %s', (left, right) => {
    expect(between(left, right)).not.toEqual([]);
  });

  it('do not count what a restore adds, or who wrote which field', () => {
    const left = {
      metadata: { name: 'a', labels: { 'velero.io/restore-name': 'r', app: 'x' }, managedFields: [{}] },
    };
    const right = { metadata: { name: 'a', labels: { 'velero.io/backup-name': 'b', app: 'x' } } };
    expect(differences(left, right)).toEqual([]);
    expect(differences(left, { metadata: { name: 'a', labels: { app: 'y' } } })).toEqual([
      'metadata.labels.app',
    ]);
  });

  it('end at the limit', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, index]));
    expect(
      differences({ metadata: { name: 'a' }, spec: many }, { metadata: { name: 'a' } }, 20).length,
    ).toBeLessThanOrEqual(20);
    expect(
      differences({ metadata: { name: 'a' }, spec: many }, { metadata: { name: 'a' }, spec: { z: 1 } }, 20),
    ).toHaveLength(20);
  });
});

describe('mergePatch', () => {
  /** RFC 7386, section 2. */
  function applied(target: unknown, patch: unknown): unknown {
    if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
    const result: Record<string, unknown> =
      typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(patch)) {
      if (value === null) delete result[key];
      else result[key] = applied(result[key], value);
    }
    return result;
  }

  it('turns the one into the other, whatever they are', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
    const tree = fc.letrec<{ object: Record<string, unknown> }>((tie) => ({
      object: fc.dictionary(
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.oneof({ maxDepth: 3 }, leaf, tie('object')),
      ),
    })).object;
    fc.assert(
      fc.property(tree, tree, (wanted, present) => {
        const patch = mergePatch(wanted, present);
        expect(sameValue(applied(present, patch ?? {}), wanted)).toBe(true);
        if (patch === undefined) expect(sameValue(wanted, present)).toBe(true);
      }),
    );
  });

  it('is nothing where nothing is to be changed', () => {
    expect(mergePatch({ a: { b: [1] } }, { a: { b: [1] } })).toBeUndefined();
  });
});
