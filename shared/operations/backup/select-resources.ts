import { type ApiResource, type Discovery, groupResource } from '../../platform/kubernetes/api-resource';
import { resolveResource } from '../../platform/kubernetes/resolve-resource';
import { matcher } from '../../formats/manifests/selection/glob';
import { NameFilter } from '../../formats/manifests/selection/name-filter';
import { nearName } from '../../platform/input/near-name';
import type { scopedFilters } from '../../formats/manifests/selection/spec-filters';
import type { BackupSpec } from '../../formats/manifests/velero';
import { areCohabitating } from './cohabitating';
import { excludeLabel, type NamespaceFilter } from './select-namespaces';

/** Never listed: Velero handles only the snapshots that it makes itself (pkg/controller/backup_controller.go). */
const neverIncluded = [
  'volumesnapshots.snapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
] as const;

/**
 * Which resources a backup takes. Both methods give the sentence that says why one is left out, or undefined.
 * Rules: Velero's pkg/util/collections/includes_excludes.go.
 */
export interface ResourceFilter {
  /** Whether its objects are listed. */
  notListed(resource: ApiResource): string | undefined;
  /** Whether its objects are refused even when others pull them in. */
  notPulled(resource: ApiResource): string | undefined;
  /** Names that could mean several resources, and what narrows the backup beyond the spec, one sentence each. */
  readonly remarks: readonly string[];
  /** Names and patterns in the spec that mean no resource, or have no effect where they stand, one sentence each. */
  readonly unmatched: readonly string[];
}

export function resourceFilter(
  spec: BackupSpec,
  discovery: Discovery,
  namespaces: NamespaceFilter,
): ResourceFilter {
  return usesOldFamily(spec)
    ? oldFamily(spec, discovery, namespaces)
    : scopedFamily(spec, discovery, namespaces);
}

function usesOldFamily(spec: BackupSpec): boolean {
  return (
    spec.includeClusterResources !== undefined ||
    Boolean(spec.includedResources?.length) ||
    Boolean(spec.excludedResources?.length)
  );
}

function isNamespaces(resource: ApiResource): boolean {
  return resource.group === '' && resource.resource === 'namespaces';
}

function autoExcluded(name: string): string | undefined {
  return isAutoExcluded(name) ? 'snapshots are kept only by the backup that made them' : undefined;
}

function oldFamily(spec: BackupSpec, discovery: Discovery, namespaces: NamespaceFilter): ResourceFilter {
  const names = new ResourceNames(discovery);
  const { remarks, unmatched } = names;
  const resolve = (field: string, written: string): string => {
    const resource = names.meant(field, written);
    return resource ? groupResource(resource) : written;
  };
  const filter = new NameFilter(
    (spec.includedResources ?? []).map((one) => resolve('includedResources', one)),
    (spec.excludedResources ?? [])
      .filter((one) => one !== '*')
      .map((one) => resolve('excludedResources', one)),
  );
  const clusterScoped = spec.includeClusterResources;

  const byName = (name: string): string | undefined => {
    if (filter.excludesName(name)) return 'excludedResources names it';
    return filter.takes(name) ? undefined : 'includedResources does not name it';
  };
  const takesClusterScoped = discovery.resources.some(
    (one) => !one.namespaced && !isNamespaces(one) && byName(groupResource(one)) === undefined,
  );
  if (clusterScoped === undefined && namespaces.narrowedByLabel && takesClusterScoped) {
    remarks.push(narrowedRemark(namespaces, 'includeClusterResources: true'));
  }
  return {
    remarks,
    unmatched,
    notListed(resource) {
      const name = groupResource(resource);
      if (!resource.namespaced && !isNamespaces(resource)) {
        if (clusterScoped === false) return 'includeClusterResources is false';
        if (clusterScoped === undefined && !namespaces.takesEverything) {
          return 'it is cluster-scoped and only some namespaces are backed up';
        }
      }
      return autoExcluded(name) ?? byName(name);
    },
    notPulled(resource) {
      const name = groupResource(resource);
      if (resource.namespaced) return autoExcluded(name) ?? byName(name);
      if (filter.excludesName(name)) return 'excludedResources names it';
      if (clusterScoped === false) return 'includeClusterResources is false';
      return autoExcluded(name) ?? (clusterScoped === undefined ? byName(name) : undefined);
    },
  };
}

function scopedFamily(spec: BackupSpec, discovery: Discovery, namespaces: NamespaceFilter): ResourceFilter {
  const names = new ResourceNames(discovery);
  const { remarks, unmatched } = names;
  const resolve = (field: (typeof scopedFilters)[number], namespaced: boolean): string[] =>
    (spec[field] ?? []).flatMap((written) => {
      const resource = names.meant(field, written);
      if (!resource) return [written];
      if (resource.namespaced === namespaced) return [groupResource(resource)];
      unmatched.push(
        `${field} names "${written}", which is ${resource.namespaced ? 'namespace' : 'cluster'}-scoped and has no effect in a list of the other scope`,
      );
      return [];
    });
  const inside = new NameFilter(
    resolve('includedNamespaceScopedResources', true),
    resolve('excludedNamespaceScopedResources', true),
  );
  const outside = new NameFilter(
    resolve('includedClusterScopedResources', false),
    resolve('excludedClusterScopedResources', false),
  );
  // Only what the spec says counts here: Velero's own two excludes would otherwise turn every full backup into one
  // without cluster-scoped objects.
  const anyResource =
    outside.includes.length === 0 && outside.excludes.length === 0 && inside.takesEverything;
  const fullCluster = anyResource && namespaces.takesEverything;
  if (anyResource && namespaces.narrowedByLabel) {
    remarks.push(narrowedRemark(namespaces, 'includedClusterScopedResources: ["*"]'));
  }

  return {
    remarks,
    unmatched,
    notListed(resource) {
      const name = groupResource(resource);
      const auto = autoExcluded(name);
      if (auto) return auto;
      if (resource.namespaced) {
        if (inside.excludesName(name)) return 'excludedNamespaceScopedResources names it';
        return inside.takes(name) ? undefined : 'includedNamespaceScopedResources does not name it';
      }
      if (outside.excludesName(name)) return 'excludedClusterScopedResources names it';
      if (fullCluster || isNamespaces(resource) || outside.names(name)) return undefined;
      return 'it is cluster-scoped and includedClusterScopedResources does not name it';
    },
    notPulled(resource) {
      const name = groupResource(resource);
      const auto = autoExcluded(name);
      if (auto) return auto;
      if (resource.namespaced) return this.notListed(resource);
      return outside.excludesName(name) ? 'excludedClusterScopedResources names it' : undefined;
    },
  };
}

function narrowedRemark({ labelledOut }: NamespaceFilter, remedy: string): string {
  const [which, is] = labelledOut.length > 1 ? ['namespaces', 'are'] : ['namespace', 'is'];
  return `${which} ${labelledOut.join(', ')} ${is} labelled ${excludeLabel}, so this is not a backup of everything, and cluster-scoped objects are in it only where others need them (as in Velero): set ${remedy} to have them all, or take the label off`;
}

/** Finds the resources that the names of a spec mean, and keeps account of those that mean none, or could mean another. */
class ResourceNames {
  readonly remarks: string[] = [];
  readonly unmatched: string[] = [];

  constructor(private readonly discovery: Discovery) {}

  /** The first in the order of discovery, as for kubectl; undefined for a pattern, and where nothing is called so. */
  meant(field: string, written: string): ApiResource | undefined {
    if (written === '*' || isAutoExcluded(written)) return undefined;
    const { resources } = this.discovery;
    if (/[*?[{]/.test(written)) {
      if (!resources.map(groupResource).some(matcher(written))) this.#miss(field, written);
      return undefined;
    }
    const [first, ...others] = resolveResource(this.discovery, written);
    if (!first) this.#miss(field, written);
    else this.#remarkOthers(field, written, first, others);
    return first;
  }

  #miss(field: string, written: string): void {
    const said = `${field} names "${written}", and the cluster serves no resource called so`;
    const near = nearName(written.toLowerCase(), [
      ...new Set(this.discovery.resources.flatMap((one) => [one.resource, groupResource(one)])),
    ]);
    const whole = near === undefined ? said : `${said} (did you mean "${near}"?)`;
    // A group that does not answer may serve it, and is an error of its own.
    if (this.discovery.stale.length > 0) this.remarks.push(whole);
    else this.unmatched.push(whole);
  }

  /** What only reads, such as the pods of metrics.k8s.io, is never meant. */
  #remarkOthers(field: string, written: string, first: ApiResource, others: readonly ApiResource[]): void {
    const names = others
      .filter((one) => one.verbs.includes('create') && !areCohabitating(one, first))
      .map(groupResource);
    const different = [...new Set(names)].filter((name) => name !== groupResource(first));
    if (different.length === 0) return;
    this.remarks.push(
      `${field}: "${written}" means ${groupResource(first)}; write the full name for ${different.join(', ')}`,
    );
  }
}

function isAutoExcluded(name: string): boolean {
  return (neverIncluded as readonly string[]).includes(name);
}
