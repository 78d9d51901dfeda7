import { describe, expect, it } from '@jest/globals';
import type { BackupSpec, RestoreSpec } from '../../../../../../shared/formats/manifests/velero';
import { ConflictPolicies } from '../../../../../../shared/operations/restore/decide/existing/conflict-policies';
import { CreatedAtMost } from '../../../../../../shared/operations/restore/decide/existing/created-at-most';
import { Selection } from '../../../../../../shared/operations/restore/decide/selection';

const crds = 'customresourcedefinitions.apiextensions.k8s.io';

/** Whether an existing CRD may be changed. */
function mayChange(
  backup: BackupSpec,
  restore: Omit<RestoreSpec, 'backupName'> = {},
  resources: Record<string, 'update'> = {},
): boolean {
  const spec = { backupName: 'b', ...restore };
  const selection = new Selection(spec, spec.includedResources, spec.excludedResources);
  const policies = new ConflictPolicies({ policy: 'update', resources }, undefined, (names) => names);
  const atMost = new CreatedAtMost({
    backup,
    restore: spec,
    names: (one) => selection.names(one) || policies.names(one),
  });
  return atMost.reason(crds, 'widgets.example.com', false) === undefined;
}

type Row = [string, BackupSpec, Omit<RestoreSpec, 'backupName'>?, Record<string, 'update'>?];
const rows = (all: Row[]) =>
  all.map(([what, backup, restore, resources]) => ({ what, backup, restore, resources }));

describe('CreatedAtMost', () => {
  it.each(
    rows([
      ['a backup of one namespace', { includedNamespaces: ['shop'] }],
      ['a backup without one namespace', { excludedNamespaces: ['bank'] }],
      ['a backup by labels', { labelSelector: { matchLabels: { app: 'web' } } }],
      ['a backup that leaves cluster-scoped resources out', { includeClusterResources: false }],
      ['a restore of one namespace', {}, { includedNamespaces: ['shop'] }],
      ['a restore under another name', {}, { namespaceMapping: { shop: 'copy' } }],
      ['a restore by labels', {}, { labelSelector: { matchLabels: { app: 'web' } } }],
      [
        'a restore of every resource by a pattern',
        { includedNamespaces: ['shop'] },
        { includedResources: ['*'] },
      ],
    ]),
  )('changes nothing cluster-scoped that exists in $what', ({ backup, restore }) => {
    expect(mayChange(backup, restore)).toBe(false);
  });

  it.each(
    rows([
      ['a whole backup that is restored whole', {}],
      [
        'fields that Go wrote as null',
        JSON.parse('{"includedNamespaces":null,"includeClusterResources":null}'),
      ],
      [
        'cluster-scoped resources that are asked for',
        { includedNamespaces: ['shop'] },
        { includeClusterResources: true },
      ],
      ['a resource in the filter', { includedNamespaces: ['shop'] }, { includedResources: [crds] }],
      [
        'a group in the filter',
        { includedNamespaces: ['shop'] },
        { includedResources: ['*.apiextensions.k8s.io'] },
      ],
      ['a policy of its own', { includedNamespaces: ['shop'] }, {}, { [crds]: 'update' }],
    ]),
  )('lets the policy change $what', ({ backup, restore, resources }) => {
    expect(mayChange(backup, restore, resources)).toBe(true);
  });

  it('does not take a policy for everything as a name', () => {
    expect(mayChange({ includedNamespaces: ['shop'] }, {}, { '*': 'update' })).toBe(false);
  });

  it('never holds back namespaces, nor what lies in one', () => {
    const atMost = new CreatedAtMost({
      backup: { includedNamespaces: ['shop'] },
      restore: { backupName: 'b' },
      names: () => false,
    });
    expect(atMost.reason('namespaces', 'shop', false)).toBeUndefined();
    expect(atMost.reason('configmaps', 'a', true)).toBeUndefined();
    expect(atMost.reason(crds, 'a', false)).toContain(crds);
  });

  it('of a restore of one object changes this one, and not the volume that comes with a claim', () => {
    const atMost = new CreatedAtMost({
      backup: {},
      restore: { backupName: 'b', includeClusterResources: true },
      object: { groupResources: ['persistentvolumeclaims'], name: 'data' },
      names: () => false,
    });
    expect(atMost.reason('persistentvolumes', 'data', false)).toContain('created at most');
  });
});
