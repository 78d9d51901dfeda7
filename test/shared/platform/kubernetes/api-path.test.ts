import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  collectionPath,
  listPath,
  objectPath,
  withQuery,
} from '../../../../shared/platform/kubernetes/api-path';

const deployments = { group: 'apps', version: 'v1', resource: 'deployments', namespaced: true };
const clusterRoles = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  namespaced: false,
};
const pods = { group: '', version: 'v1', resource: 'pods', namespaced: true };

describe('paths', () => {
  it('address collections and objects of any group', () => {
    expect(collectionPath(pods)).toBe('/api/v1/pods');
    expect(collectionPath(deployments, 'shop')).toBe('/apis/apps/v1/namespaces/shop/deployments');
    expect(objectPath(deployments, 'shop', 'web', 'status')).toBe(
      '/apis/apps/v1/namespaces/shop/deployments/web/status',
    );
    expect(objectPath(clusterRoles, 'ignored', 'admin')).toBe(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/admin',
    );
    expect(listPath(pods, { limit: 5, continue: '', fieldSelector: 'a=b' })).toBe(
      '/api/v1/pods?limit=5&fieldSelector=a%3Db',
    );
    expect(withQuery('/a?b=c', { fieldManager: 'x y', dryRun: undefined })).toBe('/a?b=c&fieldManager=x%20y');
  });

  it('hold a name exactly: a server decodes the same name, in its case', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/[/%]/.test(text) && !/^\.\.?$/.test(text));
    fc.assert(
      fc.property(name, (text) => {
        const path = new URL(objectPath(clusterRoles, undefined, text, 'x'), 'https://a').pathname;
        expect(path.split('/').map(decodeURIComponent).slice(-2)).toEqual([text, 'x']);
      }),
    );
    expect(objectPath(clusterRoles, undefined, 'System:My Role@x')).toMatch(/\/System%3AMy%20Role%40x$/);
  });

  it.each(['', '.', '..', 'a/b', '../secrets/x', 'a%2fb'])(
    'refuse the name %j, which would address something else',
    (name) => {
      expect(() => objectPath(pods, 'shop', name)).toThrow(/cannot be the name/);
      expect(() => objectPath(pods, name, 'web')).toThrow(/cannot be the name/);
      expect(() => collectionPath(pods, name)).toThrow(/cannot be the name/);
    },
  );

  it('refuse a namespaced object without its namespace', () => {
    expect(() => objectPath(pods, undefined, 'web')).toThrow(/namespace is missing/);
  });
});
