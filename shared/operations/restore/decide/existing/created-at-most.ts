import type { BackupSpec, RestoreSpec } from '../../../../formats/manifests/velero';
import { NameFilter } from '../../../../formats/manifests/selection/name-filter';

/** What a request and its backup say about cluster-scoped objects. */
export interface ClusterScope {
  backup: BackupSpec;
  restore: RestoreSpec;
  /** Set where one object is restored, and only it was asked for. */
  object?: { groupResources: readonly string[]; name: string };
  /** True for a resource that the request names, in its filter or in a conflict policy of its own. */
  names(groupResource: string): boolean;
}

/**
 * Tells which cluster-scoped objects a restore may only create. Where a backup or a restore is about some namespaces,
 * cluster-scoped objects come along because these need them; they belong to the whole cluster, and other namespaces live by
 * what they are now.
 */
export class CreatedAtMost {
  readonly #all: boolean;

  constructor(private readonly scope: ClusterScope) {
    const { backup, restore, object } = scope;
    const asked = restore.includeClusterResources === true && !object;
    this.#all = asked || (!object && tookForThemselves(backup) && isWhole(restore));
  }

  /** Why an object that exists is not changed, whatever the conflict policy says; undefined when it may be. */
  reason(groupResource: string, name: string, namespaced: boolean): string | undefined {
    // A namespace is asked for with what lies in it.
    if (namespaced || groupResource === 'namespaces' || this.#all) return undefined;
    const { object } = this.scope;
    if (
      object
        ? object.name === name && object.groupResources.includes(groupResource)
        : this.scope.names(groupResource)
    ) {
      return undefined;
    }
    return `it is cluster-scoped, came along with namespaces, and is created at most: name ${groupResource} to change it`;
  }
}

/** Whether a backup holds cluster-scoped objects for their own sake, not for the namespaces that it is about. */
function tookForThemselves(backup: BackupSpec): boolean {
  if (backup.labelSelector || backup.orLabelSelectors?.length) return false;
  // Go writes an absent field as null now and then.
  const { includeClusterResources, includedNamespaces, excludedNamespaces } = backup;
  if (typeof includeClusterResources === 'boolean') return includeClusterResources;
  return new NameFilter(includedNamespaces ?? [], excludedNamespaces ?? []).takesEverything;
}

/** Whether a restore brings everything back to where it was. */
function isWhole(restore: RestoreSpec): boolean {
  const { includedNamespaces, excludedNamespaces, namespaceMapping, labelSelector, orLabelSelectors } =
    restore;
  return (
    new NameFilter(includedNamespaces, excludedNamespaces).takesEverything &&
    Object.keys(namespaceMapping ?? {}).length === 0 &&
    !labelSelector &&
    !orLabelSelectors?.length
  );
}
