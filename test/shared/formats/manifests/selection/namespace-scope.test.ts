import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matcher } from '../../../../../shared/formats/manifests/selection/glob';
import {
  backupScope,
  type NamespaceScope,
  restoreScope,
  sharedNamespace,
} from '../../../../../shared/formats/manifests/selection/namespace-scope';

const names = ['shop', 'shop-jobs', 'blog', 'bl'];
const part = fc.constantFrom(...names, 'sh*', '*', 'b?', 'blo[gx]');
const scope: fc.Arbitrary<NamespaceScope> = fc.record({
  included: fc.array(part, { minLength: 1, maxLength: 3 }),
  excluded: fc.array(part, { maxLength: 2 }),
});
const touches = ({ included, excluded }: NamespaceScope, name: string) =>
  included.some((each) => matcher(each)(name)) && !excluded.some((each) => matcher(each)(name));

describe('two scopes', () => {
  it('are found to meet whenever a namespace is in both', () => {
    fc.assert(
      fc.property(scope, scope, fc.constantFrom(...names), (a, b, name) => {
        fc.pre(touches(a, name) && touches(b, name));
        expect(sharedNamespace(a, b)).toBeDefined();
        expect(sharedNamespace(b, a)).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('of names alone meet only where one is in both', () => {
    const plain = fc.record({
      included: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
      excluded: fc.array(part, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const shared = sharedNamespace(a, b);
        if (shared !== undefined) expect(touches(a, shared) && touches(b, shared)).toBe(true);
      }),
    );
  });
});

describe('the scope of a request', () => {
  it('is everything where nothing is named', () => {
    expect(backupScope({ ttl: '1h' })).toEqual({ included: ['*'], excluded: [] });
    expect(restoreScope({ backupName: 'b' })).toEqual({ included: ['*'], excluded: [] });
  });

  it('of a restore is where it writes, also of one object', () => {
    const spec = {
      backupName: 'b',
      includedNamespaces: ['shop', 'blog'],
      namespaceMapping: { shop: 'copy' },
    };
    expect(restoreScope(spec).included).toEqual(['copy', 'blog']);
    expect(restoreScope(spec, { object: { namespace: 'shop' } })).toEqual({
      included: ['copy'],
      excluded: [],
    });
    const all = { backupName: 'b', namespaceMapping: { shop: 'copy' }, excludedNamespaces: ['copy', 'blog'] };
    expect(restoreScope(all)).toEqual({ included: ['*', 'copy'], excluded: ['blog'] });
  });
});
