import { isPattern, matcher } from './glob';
import { couldBeOne } from './glob-overlap';
import type { Replication } from '../replication';

/** Namespaces of a cluster: the names that match each of `all` and are not in `not`. */
export interface NamespaceSet {
  /** Names and patterns, sorted, without `*`. Empty: every namespace. */
  all: readonly string[];
  not: readonly string[];
}

export const everyNamespace: NamespaceSet = { all: [], not: [] };

/**
 * Returns the namespaces of its source that a rule takes from a set. Of three and more patterns each two are compared, so a
 * set that is empty may be returned; one that is not is never left out.
 */
export function taken({ spec }: Replication, set: NamespaceSet): NamespaceSet[] {
  const wanted = spec.source.namespaces?.length ? spec.source.namespaces : ['*'];
  return wanted.map((name) => narrowed(set, name)).filter(couldHoldSome);
}

/** Returns the namespaces that a rule fills in its target from those that it takes. */
export function filled({ spec }: Replication, set: NamespaceSet): NamespaceSet[] {
  const mapping = Object.entries(spec.namespaceMapping ?? {});
  const mapped = mapping.filter(([from]) => couldHoldSome(narrowed(set, from)));
  const kept = { all: set.all, not: [...new Set([...set.not, ...mapped.map(([from]) => from)])].sort() };
  return [...mapped.map(([, to]) => ({ all: [to], not: [] })), ...[kept].filter(couldHoldSome)];
}

/** Returns a name or pattern that holds the whole set. */
export function widestName({ all }: NamespaceSet): string {
  return all.find((name) => !isPattern(name)) ?? all[0] ?? '*';
}

function narrowed({ all, not }: NamespaceSet, name: string): NamespaceSet {
  return { all: name === '*' ? all : [...new Set([...all, name])].sort(), not };
}

function couldHoldSome({ all, not }: NamespaceSet): boolean {
  const name = all.find((each) => !isPattern(each));
  if (name !== undefined) return !not.includes(name) && all.every((each) => matcher(each)(name));
  return all.every((one, at) => all.slice(at + 1).every((other) => couldBeOne(one, other)));
}
