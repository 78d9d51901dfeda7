import { NameFilter } from '../../../formats/manifests/selection/name-filter';
import type { BackupSpec } from '../../../formats/manifests/velero';
import { movedTo } from '../convert/moved';
import { isResourcePattern } from '../decide/resource-names';

/** What a backup would hold if it were there: only what lies in its scope can be gone. */
export interface BackupScope {
  /** Why nothing can be told to be gone. */
  reason?: string;
  namespace(name: string): boolean;
  /** A resource, by its name of today. */
  resource(groupResource: string, namespaced: boolean): boolean;
}

/**
 * The scope of a backup's filters, read narrowly: in doubt something is outside.
 * @param resolve turns resources as people name them into Velero's names
 */
export function backupScope(
  spec: BackupSpec,
  resolve: (names: string[] | undefined) => string[] | undefined,
): BackupScope {
  const namespaces = new NameFilter(spec.includedNamespaces, spec.excludedNamespaces);
  const filter = (included: string[] | undefined, excluded: string[] | undefined) => {
    // `*` excludes all; the rest is resolved, and also excluded as it was written. A name without a group may mean another
    // resource in the source, so it excludes those of every group.
    const bare = resolve(excluded?.filter((name) => !name.includes('.') && !isResourcePattern(name))) ?? [];
    const anyGroup = bare.map((name) => `${name.split('.')[0]}.*`);
    const out = [...(excluded ?? []), ...(resolve(excluded) ?? []), ...anyGroup];
    return new NameFilter(resolve(included)?.map(movedTo), out.map(movedTo));
  };
  const all = filter(spec.includedResources, spec.excludedResources);
  const namespaced = filter(spec.includedNamespaceScopedResources, spec.excludedNamespaceScopedResources);
  const clusterScoped = filter(spec.includedClusterScopedResources, spec.excludedClusterScopedResources);
  const wholeCluster =
    spec.includeClusterResources === true ||
    (spec.includeClusterResources === undefined &&
      namespaces.takesEverything &&
      !spec.includedNamespaceScopedResources?.length &&
      !spec.includedClusterScopedResources?.length);
  const byLabel = spec.labelSelector !== undefined || (spec.orLabelSelectors ?? []).length > 0;
  return {
    ...(byLabel && { reason: 'the backup holds only what has certain labels' }),
    namespace: (name) => namespaces.takes(name),
    resource(groupResource, isNamespaced) {
      const name = movedTo(groupResource);
      if (!all.takes(name)) return false;
      return isNamespaced ? namespaced.takes(name) : wholeCluster && clusterScoped.takes(name);
    },
  };
}
