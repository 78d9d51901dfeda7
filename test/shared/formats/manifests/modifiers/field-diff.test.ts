import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExactNumber } from '../../../../../shared/platform/input/exact-number';
import {
  fieldDiff,
  isBetweenZeroValues,
  sameValue,
} from '../../../../../shared/formats/manifests/modifiers/field-diff';

describe('fieldDiff', () => {
  it('shows each field with what it was and what it becomes', () => {
    const from = {
      spec: { replicas: 2, paused: true },
      metadata: { labels: { 'app.kubernetes.io/name': 'a' } },
    };
    const to = {
      spec: { replicas: 3, minReady: 5 },
      metadata: { labels: { 'app.kubernetes.io/name': 'b' } },
    };
    expect(fieldDiff(from, to)).toEqual([
      { path: 'spec.replicas', from: 2, to: 3 },
      { path: 'spec.paused', from: true },
      { path: 'spec.minReady', to: 5 },
      { path: 'metadata.labels["app.kubernetes.io/name"]', from: 'a', to: 'b' },
    ]);
  });

  it('compares lists item by item, and those of different length by the names of their items', () => {
    expect(fieldDiff({ a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 1 }, { x: 3 }] })).toEqual([
      { path: 'a[1].x', from: 2, to: 3 },
    ]);
    const web = { name: 'web', image: 'web:1' };
    const sidecar = { name: 'sidecar', image: 'proxy:1' };
    expect(fieldDiff({ c: [web] }, { c: [{ ...web, image: 'web:2' }, sidecar] })).toEqual([
      { path: 'c[name=web].image', from: 'web:1', to: 'web:2' },
      { path: 'c[name=sidecar]', to: sidecar },
    ]);
    expect(fieldDiff({ a: [1, 2] }, { a: [1] })).toEqual([{ path: 'a', from: [1, 2], to: [1] }]);
  });

  it('tells an empty map, an empty list, null and an absent field apart', () => {
    expect(fieldDiff({ a: [], b: {}, c: null, d: {} }, { d: [] })).toEqual([
      { path: 'a', from: [] },
      { path: 'b', from: {} },
      { path: 'c', from: null },
      { path: 'd', from: {}, to: [] },
    ]);
    expect(fieldDiff({ from: [{ podSelector: {} }] }, { from: [{ namespaceSelector: {} }] })).toEqual([
      { path: 'from[0].podSelector', from: {} },
      { path: 'from[0].namespaceSelector', to: {} },
    ]);
  });

  it('says which changes are only between an absent field and a zero value', () => {
    const zeros = fieldDiff({ a: {}, b: [], c: '', d: false, e: 0, f: { g: null } }, {});
    expect(zeros.map(isBetweenZeroValues)).toEqual([true, true, true, true, true, true]);
    const others = fieldDiff({ a: [{}], b: 'x', c: 1, d: { e: { f: true } } }, { b: '' });
    expect(others.map(isBetweenZeroValues)).toEqual([false, false, false, false]);
  });

  it('takes numbers for what they mean', () => {
    expect(sameValue(new ExactNumber('1.0'), 1)).toBe(true);
    expect(sameValue(new ExactNumber('9007199254740993'), new ExactNumber('9007199254740992'))).toBe(false);
  });

  it('stops at its limit', () => {
    expect(fieldDiff({ a: 1, b: 1, c: 1 }, {}, 2)).toHaveLength(2);
  });

  it('finds nothing between a value and its copy, and something where one field was changed', () => {
    const tree = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
    fc.assert(
      fc.property(tree, fc.string({ maxLength: 5 }), (value, key) => {
        expect(fieldDiff(value, JSON.parse(JSON.stringify(value)))).toEqual([]);
        const changed = { ...value, [`${key}!`]: 'changed' };
        expect(fieldDiff(value, changed)).toHaveLength(1);
      }),
    );
  });
});
