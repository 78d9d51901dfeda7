import type { SeenObject } from './snapshot';

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
    // What a replication rule put there is marked as its own.
    'metadata.labels.lifeboat/replicated-by',
    'metadata.annotations.lifeboat/replicated-as',
    'metadata.annotations.lifeboat/origin',
    'status',
  ],
  Namespace: ['metadata.name', 'metadata.labels.kubernetes.io/metadata.name'],
  // Node ports are allocated anew unless preserveNodePorts, or unless someone chose them.
  Service: ['spec.ports.*.nodePort', 'spec.healthCheckNodePort'],
  // The claim that it is bound to is a new one of the same name.
  PersistentVolume: ['spec.claimRef.uid', 'spec.claimRef.resourceVersion'],
  // The volume is new, unless it was kept: data of a claim comes back once volumes are backed up.
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
  // Status that autoscaling/v1 keeps in annotations.
  HorizontalPodAutoscaler: [
    'metadata.annotations.autoscaling.alpha.kubernetes.io/conditions',
    'metadata.annotations.autoscaling.alpha.kubernetes.io/current-metrics',
  ],
};

/** A token is for one account, which is a new one. */
const tokenSecret = [
  'data.token',
  'data.ca.crt',
  'data.namespace',
  'metadata.annotations.kubernetes.io/service-account.uid',
];

/**
 * A copy without the fields that may differ. The uid of an owner reference becomes the name of whom it belongs to, by
 * `owners`: the uid is new, the owner must be the same.
 */
export function withoutWhatMayDiffer(
  object: SeenObject,
  owners: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const copy = structuredClone(object) as Record<string, unknown>;
  const paths = [...mayDiffer['*']!, ...(mayDiffer[object.kind] ?? [])];
  if (object.type === 'kubernetes.io/service-account-token') paths.push(...tokenSecret);
  // Allocated by the API server; a headless Service stays one.
  if ((object.spec as { clusterIP?: string } | undefined)?.clusterIP !== 'None' && object.kind === 'Service')
    paths.push('spec.clusterIP', 'spec.clusterIPs');
  for (const path of paths) removePath(copy, splitPath(path));
  const metadata = copy.metadata as SeenObject['metadata'];
  for (const reference of (metadata.ownerReferences ?? []) as { uid?: string }[])
    reference.uid = owners.get(reference.uid ?? '');
  if (object.kind === 'Pod') dropTokenVolumes(copy.spec as PodSpec);
  dropEmptyMaps(metadata);
  return copy;
}

interface PodSpec {
  volumes?: { name: string }[];
  containers: { volumeMounts?: { name: string }[] }[];
  initContainers?: { volumeMounts?: { name: string }[] }[];
}

/** Admission gives every pod a volume with its account's token, whose name ends in random characters. */
function dropTokenVolumes(spec: PodSpec): void {
  const isToken = ({ name }: { name: string }) => /^(kube-api-access|.+-token)-[a-z0-9]{5}$/.test(name);
  const without = <T extends { name: string }>(list: T[] | undefined) => list?.filter((one) => !isToken(one));
  spec.volumes = without(spec.volumes);
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])])
    container.volumeMounts = without(container.volumeMounts);
}

/** A field path whose label, annotation and data keys contain dots: everything behind these is one key. */
function splitPath(path: string): string[] {
  const match = /^(?:(metadata)\.(labels|annotations)|(data))\.(.+)$/.exec(path);
  if (!match) return path.split('.');
  return match.slice(1).filter((part) => part !== undefined);
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
