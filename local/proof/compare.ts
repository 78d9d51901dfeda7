import { isDeepStrictEqual } from 'node:util';
import { leftToTheCluster } from './left-to-the-cluster';
import { withoutWhatMayDiffer } from './may-differ';
import { ownerNames } from './owner-names';
import type { Snapshot } from './snapshot';

/** What one object's way through a backup and a restore came to. */
export interface Comparison {
  /** Key of the snapshot. */
  key: string;
  verdict: 'equal' | 'differs' | 'missing' | 'left to the cluster';
  /** Paths that differ, or why the object is not compared. */
  detail?: string;
}

/**
 * Compares every object of `before` with its copy in `after`, field by field.
 * `namespaceOf` maps a namespace where the restore mapped it.
 */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
  namespaceOf: (namespace: string) => string = (namespace) => namespace,
): Comparison[] {
  const ownersBefore = ownerNames(before);
  const ownersAfter = ownerNames(after);
  return [...before].map(([key, original]) => {
    const reason = leftToTheCluster(original, before);
    if (reason !== undefined) return { key, verdict: 'left to the cluster', detail: reason };
    const copy = after.get(mappedKey(key, namespaceOf));
    if (copy === undefined) return { key, verdict: 'missing' };
    const expected = withoutWhatMayDiffer(original, ownersBefore);
    mapSubjects(expected, namespaceOf);
    const paths = differingPaths(expected, withoutWhatMayDiffer(copy, ownersAfter));
    return paths.length === 0
      ? { key, verdict: 'equal' }
      : { key, verdict: 'differs', detail: paths.join(', ') };
  });
}

function mappedKey(key: string, namespaceOf: (namespace: string) => string): string {
  const space = key.indexOf(' ');
  const resource = key.slice(0, space);
  // Names of RBAC objects may hold spaces, and none a slash.
  const place = key.slice(space + 1);
  if (resource === 'namespaces') return `${resource} ${namespaceOf(place)}`;
  const slash = place.indexOf('/');
  return slash < 0 ? key : `${resource} ${namespaceOf(place.slice(0, slash))}${place.slice(slash)}`;
}

/** Subjects of a binding follow the namespace mapping. */
function mapSubjects(object: Record<string, unknown>, namespaceOf: (namespace: string) => string): void {
  if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') return;
  for (const subject of (object.subjects ?? []) as { namespace?: string }[]) {
    if (subject.namespace !== undefined) subject.namespace = namespaceOf(subject.namespace);
  }
}

function differingPaths(left: unknown, right: unknown, path = ''): string[] {
  if (isDeepStrictEqual(left, right)) return [];
  if (!isRecord(left) || !isRecord(right)) return [path === '' ? '.' : path];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].flatMap((key) =>
    differingPaths(left[key], right[key], path === '' ? key : `${path}.${key}`),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
