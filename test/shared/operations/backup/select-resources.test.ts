import { describe, expect, it } from '@jest/globals';
import { listedResources } from '../../../../shared/operations/backup/listings';
import { NamespaceFilter } from '../../../../shared/operations/backup/select-namespaces';
import { resourceFilter } from '../../../../shared/operations/backup/select-resources';
import { groupResource } from '../../../../shared/platform/kubernetes/api-resource';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import { resourceNamed, served } from './served';

const everywhere: BackupSpec = { includedNamespaces: ['*'] };

function filterOf(spec: BackupSpec) {
  return resourceFilter(spec, served, new NamespaceFilter(spec, [{ meta: { name: 'shop' }, active: true }]));
}

/** The same, where the namespaces `scratch` and `old` are labelled to be left out. */
function labelledFilterOf(spec: BackupSpec) {
  const labels = { 'velero.io/exclude-from-backup': 'true' };
  const known = ['shop', 'scratch', 'old'].map((name) => ({
    meta: { name, ...(name !== 'shop' && { labels }) },
    active: true,
  }));
  return resourceFilter(spec, served, new NamespaceFilter(spec, known));
}

const unheard = { left: () => {}, missing: () => {} };

function listed(spec: BackupSpec): string[] {
  return listedResources(served, filterOf(spec), unheard).map(groupResource);
}

function pulled(spec: BackupSpec, name: string): boolean {
  return filterOf(spec).notPulled(resourceNamed(name)) === undefined;
}

describe('with no resource filter', () => {
  it('a backup of all namespaces lists everything but snapshots', () => {
    expect(listed(everywhere)).toEqual([
      'pods',
      'persistentvolumeclaims',
      'persistentvolumes',
      'configmaps',
      'events',
      'namespaces',
      'nodes',
      'deployments.apps',
      'ingresses.networking.k8s.io',
      'volumesnapshotclasses.snapshot.storage.k8s.io',
      'customresourcedefinitions.apiextensions.k8s.io',
      'coupons.shop.example.com',
      'ingresses.extensions',
    ]);
  });

  it('a backup of some namespaces lists no cluster-scoped resources but namespaces, and still lets them be pulled in', () => {
    const spec = { includedNamespaces: ['shop'] };
    expect(listed(spec)).toContain('namespaces');
    expect(listed(spec)).not.toContain('persistentvolumes');
    expect(pulled(spec, 'persistentvolumes')).toBe(true);
  });

  it('one that excludes a namespace is not of the whole cluster', () => {
    expect(listed({ includedNamespaces: ['*'], excludedNamespaces: ['kube-system'] })).not.toContain('nodes');
  });

  it('what two groups serve alike is listed under the first, but an Ingress under both, as in Velero', () => {
    const names = listed(everywhere);
    expect(names).not.toContain('events.events.k8s.io');
    expect(names).not.toContain('deployments.extensions');
    expect(names).toContain('ingresses.extensions');
  });
});

describe('the lists of the old family', () => {
  it('take names of every kind: plural, singular, short, with a group', () => {
    const spec = {
      ...everywhere,
      includedResources: ['pod', 'cm', 'Deployment', 'coupons.shop.example.com', 'ingresses.networking'],
    };
    expect(listed(spec)).toEqual([
      'pods',
      'configmaps',
      'deployments.apps',
      'ingresses.networking.k8s.io',
      'coupons.shop.example.com',
    ]);
  });

  it('exclude before they include', () => {
    expect(
      listed({ ...everywhere, includedResources: ['pods', 'configmaps'], excludedResources: ['cm'] }),
    ).toEqual(['pods']);
  });

  it('includeClusterResources false leaves only namespaces and pulls nothing in', () => {
    const spec = { ...everywhere, includeClusterResources: false };
    expect(listed(spec)).not.toContain('persistentvolumes');
    expect(listed(spec)).toContain('namespaces');
    expect(pulled(spec, 'persistentvolumes')).toBe(false);
    expect(pulled(spec, 'persistentvolumeclaims')).toBe(true);
  });

  it('includeClusterResources true lists cluster-scoped resources though only some namespaces are taken', () => {
    expect(listed({ includedNamespaces: ['shop'], includeClusterResources: true })).toContain('nodes');
  });

  it('an include list without volumes keeps them from being pulled in, unless cluster resources are asked for', () => {
    const spec = { includedNamespaces: ['shop'], includedResources: ['pods', 'pvc'] };
    expect(pulled(spec, 'persistentvolumes')).toBe(false);
    expect(pulled({ ...spec, includeClusterResources: true }, 'persistentvolumes')).toBe(true);
  });

  it('patterns match resources with their group', () => {
    expect(listed({ ...everywhere, includedResources: ['*.example.com'] })).toEqual([
      'coupons.shop.example.com',
    ]);
  });

  it('a name or a pattern that nothing answers to matches nothing, included or excluded', () => {
    const filter = filterOf({
      ...everywhere,
      includedResources: ['unicorns'],
      excludedResources: ['*.no.org'],
    });
    expect(listedResources(served, filter, unheard)).toEqual([]);
    expect(filter.unmatched).toEqual([
      'includedResources names "unicorns", and the cluster serves no resource called so',
      'excludedResources names "*.no.org", and the cluster serves no resource called so',
    ]);
  });

  it('a name with a slip is answered with what was likely meant', () => {
    expect(filterOf({ ...everywhere, includedResources: ['configmapz'] }).unmatched).toEqual([
      expect.stringContaining('did you mean "configmaps"?'),
    ]);
  });
});

describe('the scoped lists', () => {
  it('take cluster-scoped resources only where named', () => {
    const spec = { ...everywhere, includedNamespaceScopedResources: ['configmaps'] };
    expect(listed(spec)).toEqual(['configmaps', 'namespaces']);
    expect(listed({ ...spec, includedClusterScopedResources: ['no'] })).toEqual([
      'configmaps',
      'namespaces',
      'nodes',
    ]);
  });

  it('a star takes all of its scope', () => {
    const spec = {
      includedNamespaces: ['shop'],
      includedClusterScopedResources: ['*'],
      includedNamespaceScopedResources: ['configmaps'],
    };
    expect(listed(spec)).toEqual([
      'persistentvolumes',
      'configmaps',
      'namespaces',
      'nodes',
      'volumesnapshotclasses.snapshot.storage.k8s.io',
      'customresourcedefinitions.apiextensions.k8s.io',
    ]);
  });

  it('an excluded cluster-scoped resource is not pulled in either', () => {
    const spec = { includedNamespaces: ['shop'], excludedClusterScopedResources: ['pv'] };
    expect(pulled(spec, 'persistentvolumes')).toBe(false);
    expect(pulled(spec, 'customresourcedefinitions.apiextensions.k8s.io')).toBe(true);
  });

  it('an exclude of everything leaves nothing of its scope', () => {
    const names = listed({
      ...everywhere,
      excludedClusterScopedResources: ['*'],
      excludedNamespaceScopedResources: ['*'],
    });
    expect(names).toEqual([]);
  });

  it('a name of the other scope matches nothing', () => {
    const { unmatched } = filterOf({ ...everywhere, includedClusterScopedResources: ['pods', 'nodes'] });
    expect(unmatched).toEqual([
      'includedClusterScopedResources names "pods", which is namespace-scoped and has no effect in a list of the other scope',
    ]);
  });
});

describe('a namespace labelled to be left out', () => {
  const narrowed = (field: string) =>
    `namespaces scratch, old are labelled velero.io/exclude-from-backup, so this is not a backup of everything, and cluster-scoped objects are in it only where others need them (as in Velero): set ${field} to have them all, or take the label off`;

  it('keeps a backup of all others from taking cluster-scoped resources, which is remarked with the remedy', () => {
    const filter = labelledFilterOf(everywhere);
    expect(filter.notListed(resourceNamed('nodes'))).toBeDefined();
    expect(filter.remarks).toEqual([narrowed('includedClusterScopedResources: ["*"]')]);
    const old = labelledFilterOf({ ...everywhere, excludedResources: ['events'] });
    expect(old.notListed(resourceNamed('nodes'))).toBeDefined();
    expect(old.remarks).toEqual([narrowed('includeClusterResources: true')]);
  });

  it.each<[string, BackupSpec]>([
    ['cluster-scoped resources are asked for', { includedClusterScopedResources: ['*'] }],
    ['all of the old family are asked for', { includeClusterResources: true }],
    ['none are wanted', { includeClusterResources: false }],
    ['they are all excluded', { excludedClusterScopedResources: ['*'] }],
    ['only namespaced resources are named', { includedResources: ['pods'] }],
    [
      'only namespaced resources of the scoped family are named',
      { includedNamespaceScopedResources: ['pods'] },
    ],
    ['only some namespaces are taken', { includedNamespaces: ['shop'] }],
    ['the namespaces are excluded by name too', { excludedNamespaces: ['scratch', 'old'] }],
  ])('is not remarked where %s', (_, spec) => {
    expect(labelledFilterOf({ ...everywhere, ...spec }).remarks).toEqual([]);
  });
});
