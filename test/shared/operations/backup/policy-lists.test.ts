import { describe, expect, it } from '@jest/globals';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import { withPolicyLists } from '../../../../shared/operations/backup/policy-lists';
import { served } from './served';

const combined = (spec: BackupSpec, includeExcludePolicy: object) => {
  const { resourcePolicies: _, ...rest } = withPolicyLists(
    { ...spec, resourcePolicies: { version: 'v1', includeExcludePolicy } },
    served,
  );
  return rest;
};

describe('the lists of a policy', () => {
  it('are those of the backup where its spec has none', () => {
    const lists = {
      includedClusterScopedResources: ['persistentvolumes'],
      excludedClusterScopedResources: ['nodes'],
      includedNamespaceScopedResources: ['deployments.apps'],
      excludedNamespaceScopedResources: ['events'],
    };
    expect(combined({}, lists)).toEqual(lists);
  });

  it('add to those of the spec, which decide first, whatever a resource is called in them', () => {
    expect(
      combined(
        { includedNamespaceScopedResources: ['po'], excludedNamespaceScopedResources: ['Event'] },
        {
          includedNamespaceScopedResources: ['events', 'configmaps'],
          excludedNamespaceScopedResources: ['pods', 'deployments'],
        },
      ),
    ).toEqual({
      includedNamespaceScopedResources: ['po', 'configmaps'],
      excludedNamespaceScopedResources: ['Event', 'deployments'],
    });
  });

  it('change nothing where the spec includes every resource by name', () => {
    const spec = { includedNamespaceScopedResources: ['*'] };
    expect(combined(spec, { excludedNamespaceScopedResources: ['events'] })).toEqual(spec);
  });

  it('are absent without a policy', () => {
    const spec = { includedNamespaceScopedResources: ['pods'] };
    expect(withPolicyLists(spec, served)).toBe(spec);
  });
});
