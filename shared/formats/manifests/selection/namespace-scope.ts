import { isPattern, matcher } from './glob';
import type { BackupSpec, RestoreSpec } from '../velero';

/** The namespaces of a cluster that a run reads or writes, as far as its request tells before the cluster is asked. */
export interface NamespaceScope {
  /** Names and patterns; `*` is every namespace. */
  included: string[];
  /** Names and patterns that are left out. */
  excluded: string[];
}

const all = '*';

/** What a backup reads. */
export function backupScope({ includedNamespaces, excludedNamespaces }: BackupSpec): NamespaceScope {
  return { included: included(includedNamespaces), excluded: excludedNamespaces ?? [] };
}

/**
 * What a restore writes into: the names after its mapping. One that names none restores what its backup holds.
 * @param backup what the backup read, where that is known
 */
export function restoreScope(
  spec: RestoreSpec,
  { backup, object }: { backup?: NamespaceScope; object?: { namespace?: string } } = {},
): NamespaceScope {
  const mapping = spec.namespaceMapping ?? {};
  const targets = Object.values(mapping);
  if (object?.namespace !== undefined) {
    return { included: [mapping[object.namespace] ?? object.namespace], excluded: [] };
  }
  const named = spec.includedNamespaces?.length ? spec.includedNamespaces : backup?.included;
  const names = included(named).flatMap((name) =>
    isPattern(name) ? [name, ...targets] : [mapping[name] ?? name],
  );
  const left = [...(spec.excludedNamespaces ?? []), ...(backup?.excluded ?? [])];
  return { included: [...new Set(names)], excluded: left.filter((name) => !targets.includes(name)) };
}

/** A namespace (or pattern) that both may touch; undefined when they cannot meet. Of two patterns it is assumed that they do. */
export function sharedNamespace(a: NamespaceScope, b: NamespaceScope): string | undefined {
  for (const one of a.included) {
    for (const other of b.included) {
      const common = meet(one, other);
      if (common !== undefined && !leavesOut(a, common) && !leavesOut(b, common)) return common;
    }
  }
  return undefined;
}

function included(names: readonly string[] | undefined): string[] {
  return names?.length ? [...names] : [all];
}

function meet(one: string, other: string): string | undefined {
  if (!isPattern(one)) return matcher(other)(one) ? one : undefined;
  if (!isPattern(other)) return matcher(one)(other) ? other : undefined;
  return one === all ? other : one;
}

/** A pattern is left out as a whole only by itself: what else it may match is not known. */
function leavesOut({ excluded }: NamespaceScope, name: string): boolean {
  return excluded.some((each) => each === name || each === all || (!isPattern(name) && matcher(each)(name)));
}
