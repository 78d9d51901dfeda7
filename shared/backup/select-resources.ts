import { type ApiResource, type Discovery, groupResource } from '../cluster/api-resource';
import { resolveResource } from '../cluster/resolve-resource';
import type { BackupSpec } from '../manifests/velero';
import { NameFilter } from '../manifests/name-filter';
import { EXCLUDE_LABEL, type NamespaceFilter } from './select-namespaces';

/** Never listed: Velero handles only the snapshots that it makes itself (pkg/controller/backup_controller.go). */
const AUTO_EXCLUDED = [
  'volumesnapshots.snapshot.storage.k8s.io',
  'volumesnapshotcontents.snapshot.storage.k8s.io',
] as const;

/**
 * Which resources a backup takes. Both methods give the sentence that says why one is left out, or undefined.
 * Rules: velero.md §2.2, Velero's pkg/util/collections/includes_excludes.go.
 */
export interface ResourceFilter {
  /** Whether its objects are listed. */
  notListed(resource: ApiResource): string | undefined;
  /** Whether its objects are refused even when others pull them in. */
  notPulled(resource: ApiResource): string | undefined;
  /** Names in the spec that had no effect, and what narrows the backup beyond the spec, each with the reason. */
  readonly remarks: readonly string[];
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
  return (AUTO_EXCLUDED as readonly string[]).includes(name)
    ? 'snapshots are kept only by the backup that made them'
    : undefined;
}

function oldFamily(spec: BackupSpec, discovery: Discovery, namespaces: NamespaceFilter): ResourceFilter {
  const remarks: string[] = [];
  const resolve = (written: string): string => {
    const resource = written === '*' ? undefined : resolveResource(discovery, written)[0];
    if (!resource && written !== '*') remarkUnresolved(written, remarks);
    return resource ? groupResource(resource) : written;
  };
  const filter = new NameFilter(
    (spec.includedResources ?? []).map(resolve),
    (spec.excludedResources ?? []).filter((one) => one !== '*').map(resolve),
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
  const remarks: string[] = [];
  const resolve = (list: readonly string[] = [], namespaced: boolean): string[] =>
    list.flatMap((written) => {
      const resource = written === '*' ? undefined : resolveResource(discovery, written)[0];
      if (!resource) {
        if (written !== '*') remarkUnresolved(written, remarks);
        return [written];
      }
      if (resource.namespaced === namespaced) return [groupResource(resource)];
      remarks.push(
        `${written} is ${resource.namespaced ? 'namespace' : 'cluster'}-scoped and has no effect in a list of the other scope`,
      );
      return [];
    });
  const inside = new NameFilter(
    resolve(spec.includedNamespaceScopedResources, true),
    resolve(spec.excludedNamespaceScopedResources, true),
  );
  const outside = new NameFilter(
    resolve(spec.includedClusterScopedResources, false),
    resolve(spec.excludedClusterScopedResources, false),
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
  return `${which} ${labelledOut.join(', ')} ${is} labelled ${EXCLUDE_LABEL}, so this is not a backup of everything, and cluster-scoped objects are in it only where others need them (as in Velero): set ${remedy} to have them all, or take the label off`;
}

function remarkUnresolved(written: string, remarks: string[]): void {
  if (/[*?[{]/.test(written)) return;
  if ((AUTO_EXCLUDED as readonly string[]).includes(written)) return;
  remarks.push(`the cluster serves no resource called ${written}`);
}
