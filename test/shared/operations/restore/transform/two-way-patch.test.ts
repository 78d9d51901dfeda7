import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameValue } from '../../../../../shared/formats/manifests/modifiers/field-diff';
import { twoWayPatch } from '../../../../../shared/operations/restore/transform/two-way-patch';

describe('the patch between two objects', () => {
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
        const patch = twoWayPatch(wanted, present);
        expect(sameValue(applied(present, patch ?? {}), wanted)).toBe(true);
        if (patch === undefined) expect(sameValue(wanted, present)).toBe(true);
      }),
    );
  });

  it('is nothing where nothing is to be changed', () => {
    expect(twoWayPatch({ a: { b: [1] } }, { a: { b: [1] } })).toBeUndefined();
  });
});
