import { describe, expect, it } from '@jest/globals';
import type { BackupSpec } from '../../../../../shared/formats/manifests/velero';
import { backupScope } from '../../../../../shared/operations/restore/replica/backup-scope';

/** `cm` is all that this resolver knows beside full names. */
const resolve = (names: string[] | undefined) => names?.map((name) => (name === 'cm' ? 'configmaps' : name));
const scope = (spec: BackupSpec) => backupScope(spec, resolve);

describe('what can be told to be gone after a backup', () => {
  it('is everything after one of the whole cluster', () => {
    const whole = scope({ includedNamespaces: ['*'] });
    expect([whole.reason, whole.namespace('shop'), whole.resource('configmaps', true)]).toEqual([
      undefined,
      true,
      true,
    ]);
    expect(whole.resource('clusterroles.rbac.authorization.k8s.io', false)).toBe(true);
  });

  it('is nothing where labels select', () => {
    expect(scope({ labelSelector: { matchLabels: { a: 'b' } } }).reason).toContain('labels');
    expect(scope({ orLabelSelectors: [{ matchLabels: { a: 'b' } }] }).reason).toContain('labels');
  });

  it.each<[string, BackupSpec, boolean, boolean]>([
    ['another namespace', { includedNamespaces: ['bank'] }, false, true],
    ['all but this namespace', { excludedNamespaces: ['sh*'] }, false, true],
    ['other resources', { includedResources: ['secrets'] }, true, false],
    ['all but this resource', { excludedResources: ['cm'] }, true, false],
    ['no namespaced resources', { excludedNamespaceScopedResources: ['*'] }, true, false],
    ['this resource', { includedNamespaceScopedResources: ['cm'] }, true, true],
    ['patterns', { includedNamespaces: ['s?op'] }, true, true],
  ])('of a backup of %s', (_, spec, namespace, resource) => {
    expect([scope(spec).namespace('shop'), scope(spec).resource('configmaps', true)]).toEqual([
      namespace,
      resource,
    ]);
  });

  it.each<[BackupSpec, boolean]>([
    [{ includedNamespaces: ['shop'] }, false],
    [{ excludedNamespaces: ['shop'] }, false],
    [{ includeClusterResources: false }, false],
    [{ includedNamespaces: ['shop'], includeClusterResources: true }, true],
    [{ includedClusterScopedResources: ['storageclasses.storage.k8s.io'] }, false],
    [{ excludedClusterScopedResources: ['clusterroles.rbac.authorization.k8s.io'] }, false],
  ])('of a backup with %j holds cluster-scoped objects: %s', (spec, expected) => {
    expect(scope(spec).resource('clusterroles.rbac.authorization.k8s.io', false)).toBe(expected);
  });
});
