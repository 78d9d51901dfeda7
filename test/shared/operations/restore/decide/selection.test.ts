import { describe, expect, it } from '@jest/globals';
import type { RestoreSpec } from '../../../../../shared/formats/manifests/velero';
import { Selection } from '../../../../../shared/operations/restore/decide/selection';

const select = (spec: Partial<RestoreSpec>) =>
  new Selection({ backupName: 'b', ...spec }, spec.includedResources, spec.excludedResources);
const namespaced = (namespace: string, groupResource = 'configmaps') => ({
  groupResource,
  namespace,
  name: 'a',
});
const clusterScoped = (groupResource: string) => ({ groupResource, name: 'a' });
const object = (labels?: Record<string, string>) => ({ metadata: { name: 'a', labels } });

describe('Selection', () => {
  it('takes everything but the namespaces of the cluster itself when nothing is said', () => {
    const all = select({});
    expect(all.leftOut(namespaced('shop'), object())).toBeUndefined();
    expect(all.leftOut(clusterScoped('storageclasses.storage.k8s.io'), object())).toBeUndefined();
    for (const own of ['kube-system', 'kube-public', 'kube-node-lease']) {
      expect(all.leftOut(namespaced(own), object())).toMatch(/only when it is named/);
      expect(all.leftOut({ groupResource: 'namespaces', name: own }, object())).toMatch(
        /only when it is named/,
      );
    }
  });

  it('takes kube-system when it is named, but not by a pattern', () => {
    expect(
      select({ includedNamespaces: ['kube-system'] }).leftOut(namespaced('kube-system'), object()),
    ).toBeUndefined();
    expect(
      select({ includedNamespaces: ['kube-*'] }).leftOut(namespaced('kube-system'), object()),
    ).toBeDefined();
    expect(select({ includedNamespaces: ['*'] }).leftOut(namespaced('kube-system'), object())).toBeDefined();
  });

  it('leaves cluster-scoped objects out of a restore of some namespaces, unless they are asked for', () => {
    const some = { includedNamespaces: ['shop'] };
    const role = clusterScoped('clusterroles.rbac.authorization.k8s.io');
    expect(select(some).leftOut(role, object())).toMatch(/cluster-scoped/);
    expect(select({ excludedNamespaces: ['shop'] }).leftOut(role, object())).toMatch(/cluster-scoped/);
    expect(select({ ...some, includeClusterResources: true }).leftOut(role, object())).toBeUndefined();
    expect(select({ includeClusterResources: false }).leftOut(role, object())).toMatch(/cluster-scoped/);
  });

  it('takes the Namespace of a namespace that is included, though it is cluster-scoped', () => {
    const some = select({ includedNamespaces: ['shop'] });
    expect(some.leftOut({ groupResource: 'namespaces', name: 'shop' }, object())).toBeUndefined();
    expect(some.leftOut({ groupResource: 'namespaces', name: 'bank' }, object())).toBeDefined();
  });

  it('lets an exclude beat an include', () => {
    const both = select({ includedNamespaces: ['*'], excludedNamespaces: ['shop-*'] });
    expect(both.leftOut(namespaced('shop-1'), object())).toBeDefined();
    expect(both.leftOut(namespaced('shop'), object())).toBeUndefined();
    const resources = select({
      includedResources: ['configmaps', 'secrets'],
      excludedResources: ['secrets'],
    });
    expect(resources.leftOut(namespaced('shop', 'secrets'), object())).toBeDefined();
    expect(resources.leftOut(namespaced('shop', 'pods'), object())).toBeDefined();
    expect(resources.leftOut(namespaced('shop'), object())).toBeUndefined();
  });

  it('looks at the labels in the backup: one selector, or any of several', () => {
    const one = select({ labelSelector: { matchLabels: { app: 'web' } } });
    expect(one.leftOut(namespaced('shop'), object({ app: 'web' }))).toBeUndefined();
    expect(one.leftOut(namespaced('shop'), object({ app: 'db' }))).toMatch(/labels/);
    expect(one.leftOut(namespaced('shop'), object())).toMatch(/labels/);
    const any = select({
      orLabelSelectors: [
        { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] },
        { matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] },
      ],
    });
    expect(any.leftOut(namespaced('shop'), object({ tier: 'b', old: '1' }))).toBeUndefined();
    expect(any.leftOut(namespaced('shop'), object({}))).toBeUndefined();
    expect(any.leftOut(namespaced('shop'), object({ tier: 'c', old: '1' }))).toMatch(/none of the selectors/);
  });

  it('maps namespaces, and takes no other word for one', () => {
    const mapping = select({ namespaceMapping: { shop: 'shop-2' } });
    expect(mapping.mapped('shop')).toBe('shop-2');
    expect(mapping.mapped('bank')).toBe('bank');
    expect(mapping.mapped('constructor')).toBe('constructor');
  });
});
