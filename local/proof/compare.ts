import { isDeepStrictEqual } from 'node:util';
import type { SeenObject, Snapshot } from './snapshot';

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
  return [...before].map(([key, original]) => {
    const reason = leftToTheCluster(original);
    if (reason !== undefined) return { key, verdict: 'left to the cluster', detail: reason };
    const copy = after.get(mappedKey(key, namespaceOf));
    if (copy === undefined) return { key, verdict: 'missing' };
    const expected = withoutWhatMayDiffer(original);
    mapSubjects(expected, namespaceOf);
    const paths = differingPaths(expected, withoutWhatMayDiffer(copy));
    return paths.length === 0
      ? { key, verdict: 'equal' }
      : { key, verdict: 'differs', detail: paths.join(', ') };
  });
}

function mappedKey(key: string, namespaceOf: (namespace: string) => string): string {
  const [resource, place = ''] = key.split(' ', 2);
  if (resource === 'namespaces') return `${resource} ${namespaceOf(place)}`;
  const slash = place.indexOf('/');
  return slash < 0 ? key : `${resource} ${namespaceOf(place.slice(0, slash))}${place.slice(slash)}`;
}

/** Why an object is made anew by the cluster and not by a restore; undefined for those that a restore must bring back. */
export function leftToTheCluster(object: SeenObject): string | undefined {
  const { kind, metadata } = object;
  if (['Event', 'Lease', 'Endpoints', 'EndpointSlice', 'IPAddress'].includes(kind))
    return `${kind}: the cluster keeps its own`;
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (owner !== undefined) return `made by ${owner.kind} ${owner.name}`;
  if (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') return 'published by the cluster';
  if (kind === 'Secret' && object.type === 'kubernetes.io/service-account-token')
    return 'token of the cluster';
  return undefined;
}

/** Fields that a restore cannot or must not bring back as they were, by kind; everything else must be equal. */
const mayDiffer: Record<string, readonly string[]> = {
  '*': [
    'metadata.uid',
    'metadata.resourceVersion',
    'metadata.creationTimestamp',
    'metadata.generation',
    'metadata.managedFields',
    'metadata.selfLink',
    'metadata.namespace',
    'metadata.labels.velero.io/backup-name',
    'metadata.labels.velero.io/restore-name',
    'status',
  ],
  Namespace: ['metadata.name', 'metadata.labels.kubernetes.io/metadata.name'],
  // Allocated by the API server unless headless; node ports unless preserveNodePorts.
  Service: ['spec.clusterIP', 'spec.clusterIPs', 'spec.ports.*.nodePort', 'spec.healthCheckNodePort'],
  // The volume is new: data of a claim comes back once volumes are backed up.
  PersistentVolumeClaim: [
    'spec.volumeName',
    'metadata.annotations.pv.kubernetes.io/bind-completed',
    'metadata.annotations.pv.kubernetes.io/bound-by-controller',
    'metadata.annotations.volume.kubernetes.io/storage-provisioner',
    'metadata.annotations.volume.beta.kubernetes.io/storage-provisioner',
    'metadata.annotations.volume.kubernetes.io/selected-node',
  ],
  // Kubernetes before 1.24 adds a token Secret of its own to each account.
  ServiceAccount: ['secrets'],
  Deployment: ['metadata.annotations.deployment.kubernetes.io/revision'],
};

function withoutWhatMayDiffer(object: SeenObject): Record<string, unknown> {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const path of [...(mayDiffer['*'] ?? []), ...(mayDiffer[object.kind] ?? [])])
    removePath(copy, splitPath(path));
  dropEmptyMaps(copy.metadata as Record<string, unknown>);
  return copy;
}

/** A field path whose label and annotation keys contain dots: everything behind `labels.` or `annotations.` is one key. */
function splitPath(path: string): string[] {
  const match = /^(metadata)\.(labels|annotations)\.(.+)$/.exec(path);
  return match ? [match[1]!, match[2]!, match[3]!] : path.split('.');
}

function removePath(value: unknown, path: readonly string[]): void {
  const [first, ...rest] = path;
  if (typeof value !== 'object' || value === null || first === undefined) return;
  if (first === '*') {
    for (const element of value as unknown[]) removePath(element, rest);
    return;
  }
  const record = value as Record<string, unknown>;
  if (rest.length === 0) delete record[first];
  else removePath(record[first], rest);
}

function dropEmptyMaps(metadata: Record<string, unknown>): void {
  for (const field of ['labels', 'annotations']) {
    const map = metadata[field];
    if (typeof map === 'object' && map !== null && Object.keys(map).length === 0) delete metadata[field];
  }
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
