import { createHash } from 'node:crypto';
import type { KubeObject, OwnerReference } from '../../shared/cluster/kube-object';
import { inNamespace } from './collection';
import type { Controller, ControllerContext } from './controllers';
import { formatJson } from './json-text';
import { parseLabelSelector } from './selectors';
import type { ServedResource } from './served-resource';
import type { StoredObject } from './stored-object';

/**
 * The workload controllers, as much of them as makes an application look alive: Deployment → ReplicaSet → pods,
 * StatefulSet → claims and pods, all ready at once. Rollouts, scheduling, Jobs, DaemonSets and probes are not played.
 */
const controlled: Record<string, (stored: StoredObject, context: ControllerContext) => void> = {
  'deployments.apps': reconcileDeployment,
  'replicasets.apps': reconcileReplicaSet,
  'statefulsets.apps': reconcileStatefulSet,
};

const writing = { dryRun: false, manager: 'kube-controller-manager' };

export const workloadController: Controller = (change, context) => {
  const { object } = change;
  const reconcile = controlled[object.storage];
  if (reconcile && change.type !== 'DELETED') later(object, context);
  if (object.storage === 'pods' && change.type !== 'DELETED') {
    context.enqueue(`pod ${object.key}`, () => startPod(object.key, context));
  }
  const owner = controllerOf(object);
  const stored = owner && context.storage.byUid(owner.uid);
  if (stored && stored.storage in controlled) later(stored, context);
};

function later(object: StoredObject, context: ControllerContext): void {
  const { storage, key } = object;
  context.enqueue(`${storage} ${key}`, () => {
    const current = context.storage.collection(storage).get(key);
    if (!current || current.meta.deletionTimestamp) return;
    controlled[storage]?.(current, context);
  });
}

const controllerOf = (object: StoredObject): OwnerReference | undefined =>
  object.meta.ownerReferences?.find((each) => each.controller);

interface WorkloadSpec {
  replicas?: number;
  selector?: { matchLabels?: Record<string, string> };
  template?: { metadata?: Record<string, unknown>; spec?: Record<string, unknown> };
  serviceName?: string;
  volumeClaimTemplates?: KubeObject[];
}

function reconcileDeployment(stored: StoredObject, context: ControllerContext): void {
  const deployment = stored.object();
  const spec = deployment.spec as WorkloadSpec;
  const replicas = spec.replicas ?? 1;
  const hash = templateHash(spec.template);
  const name = `${stored.name}-${hash}`;
  const withHash = (labels: Record<string, string> | undefined) => ({ ...labels, 'pod-template-hash': hash });
  const sets = owned(stored, 'replicasets.apps', context);
  const current = sets.find((each) => each.name === name);
  const unowned =
    current ?? context.storage.collection('replicasets.apps').get(`${stored.namespace}/${name}`);
  if (!unowned) {
    const template = spec.template ?? {};
    const labels = withHash(template.metadata?.labels as Record<string, string> | undefined);
    create(context, 'apps/v1', 'ReplicaSet', stored.namespace, {
      metadata: {
        name,
        labels,
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(replicas),
          'deployment.kubernetes.io/revision': String(sets.length + 1),
        },
        ownerReferences: [reference(stored, 'apps/v1', 'Deployment')],
      },
      spec: {
        replicas,
        selector: { matchLabels: withHash(spec.selector?.matchLabels) },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    });
  } else if (!current) adopt(stored, unowned, 'Deployment', context);
  for (const set of sets) {
    const wanted = set.name === name ? replicas : 0;
    const object = set.object();
    if (object.spec?.replicas === wanted) continue;
    context.storage.put('replicasets.apps', { ...object, spec: { ...object.spec, replicas: wanted } });
  }
  setStatus(stored, deployment, context, {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: [
      condition('Available', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', deployment),
      condition(
        'Progressing',
        'NewReplicaSetAvailable',
        `ReplicaSet "${name}" has successfully progressed.`,
        deployment,
      ),
    ],
  });
}

function reconcileReplicaSet(stored: StoredObject, context: ControllerContext): void {
  const set = stored.object();
  const spec = set.spec as WorkloadSpec;
  const replicas = spec.replicas ?? 1;
  let pods = owned(stored, 'pods', context).filter((pod) => !pod.meta.deletionTimestamp);
  for (const orphan of matching(stored, spec, context)) {
    if (pods.length >= replicas || controllerOf(orphan)) continue;
    adopt(stored, orphan, 'ReplicaSet', context);
    pods = [...pods, orphan];
  }
  for (let missing = replicas - pods.length; missing > 0; missing -= 1) {
    create(context, 'v1', 'Pod', stored.namespace, {
      metadata: {
        ...(spec.template?.metadata as object),
        name: '',
        generateName: `${stored.name}-`,
        ownerReferences: [reference(stored, 'apps/v1', 'ReplicaSet')],
      },
      spec: { ...spec.template?.spec },
    });
  }
  for (const surplus of pods.slice(replicas)) remove(surplus, context);
  setStatus(stored, set, context, {
    replicas,
    ...(replicas
      ? { fullyLabeledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas }
      : {}),
    observedGeneration: set.metadata.generation,
  });
}

function reconcileStatefulSet(stored: StoredObject, context: ControllerContext): void {
  const set = stored.object();
  const spec = set.spec as WorkloadSpec;
  const replicas = spec.replicas ?? 1;
  const revision = `${stored.name}-${templateHash(spec.template)}`;
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const name = `${stored.name}-${ordinal}`;
    const volumes = (spec.volumeClaimTemplates ?? []).map((claim) => {
      const claimName = `${claim.metadata.name}-${name}`;
      if (!context.storage.collection('persistentvolumeclaims').get(`${stored.namespace}/${claimName}`)) {
        const labels = { ...claim.metadata.labels, ...spec.selector?.matchLabels };
        create(context, 'v1', 'PersistentVolumeClaim', stored.namespace, {
          metadata: { name: claimName, labels, annotations: claim.metadata.annotations },
          spec: structuredClone(claim.spec),
        });
      }
      return { name: claim.metadata.name, persistentVolumeClaim: { claimName } };
    });
    const existing = context.storage.collection('pods').get(`${stored.namespace}/${name}`);
    if (existing) {
      if (!controllerOf(existing)) adopt(stored, existing, 'StatefulSet', context);
      continue;
    }
    const template = spec.template ?? {};
    const others = ((template.spec?.volumes ?? []) as { name: string }[]).filter(
      (volume) => !volumes.some((each) => each.name === volume.name),
    );
    create(context, 'v1', 'Pod', stored.namespace, {
      metadata: {
        ...(template.metadata as object),
        name,
        labels: {
          ...(template.metadata?.labels as object),
          'apps.kubernetes.io/pod-index': String(ordinal),
          'controller-revision-hash': revision,
          'statefulset.kubernetes.io/pod-name': name,
        },
        ownerReferences: [reference(stored, 'apps/v1', 'StatefulSet')],
      },
      spec: {
        ...template.spec,
        hostname: name,
        subdomain: spec.serviceName,
        volumes: [...others, ...volumes],
      },
    });
  }
  for (const pod of owned(stored, 'pods', context)) {
    if (Number(pod.name.slice(stored.name.length + 1)) >= replicas) remove(pod, context);
  }
  setStatus(stored, set, context, {
    observedGeneration: set.metadata.generation,
    replicas,
    readyReplicas: replicas,
    currentReplicas: replicas,
    updatedReplicas: replicas,
    availableReplicas: replicas,
    currentRevision: revision,
    updateRevision: revision,
    collisionCount: 0,
  });
}

/** A pod runs and is ready as soon as it exists; what had ended stays as it is only in its backup. */
function startPod(key: string, context: ControllerContext): void {
  const stored = context.storage.collection('pods').get(key);
  if (!stored || stored.meta.deletionTimestamp) return;
  const pod = stored.object();
  if (pod.status?.phase !== 'Pending') return;
  const at = pod.metadata.creationTimestamp;
  const containers = (pod.spec?.containers ?? []) as { name: string; image?: string }[];
  const index = context.storage.revision & 0xffff;
  setStatus(stored, pod, context, {
    ...pod.status,
    phase: 'Running',
    podIP: `10.244.${index >> 8}.${index & 255}`,
    startTime: at,
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: at,
    })),
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image: image ?? '',
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      lastState: {},
      state: { running: { startedAt: at } },
    })),
  });
}

function owned(owner: StoredObject, storage: string, context: ControllerContext): StoredObject[] {
  return context.storage
    .dependents(owner.uid)
    .filter((each) => each.storage === storage && controllerOf(each)?.uid === owner.uid)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function matching(stored: StoredObject, spec: WorkloadSpec, { storage }: ControllerContext): StoredObject[] {
  const labels = Object.entries(spec.selector?.matchLabels ?? {});
  if (labels.length === 0) return [];
  const selects = parseLabelSelector(labels.map(([key, value]) => `${key}=${value}`).join(','));
  return inNamespace(storage.collection('pods').sorted(), stored.namespace).filter(
    (pod) => !pod.meta.deletionTimestamp && selects(pod.meta.labels),
  );
}

function adopt(
  owner: StoredObject,
  orphan: StoredObject,
  kind: string,
  { storage }: ControllerContext,
): void {
  if (controllerOf(orphan)) return;
  const object = orphan.object();
  object.metadata.ownerReferences = [
    ...(object.metadata.ownerReferences ?? []),
    reference(owner, 'apps/v1', kind),
  ];
  storage.put(orphan.storage, object);
}

function create(
  { api, served }: ControllerContext,
  apiVersion: string,
  kind: string,
  namespace: string,
  object: KubeObject,
): void {
  const resource = served.findKind(apiVersion, kind) as ServedResource;
  try {
    api.createObject(resource, namespace, structuredClone(object), writing);
  } catch {
    // Refused (quota, webhook, a namespace that ends): the next change of the owner tries again.
  }
}

function remove(stored: StoredObject, { api, served }: ControllerContext): void {
  api.deletion.delete(served.findStorage(stored.storage)!, stored);
}

function setStatus(
  stored: StoredObject,
  object: KubeObject,
  { storage }: ControllerContext,
  status: Record<string, unknown>,
): void {
  if (formatJson(object.status ?? {}) === formatJson(status)) return;
  const current = storage.collection(stored.storage).get(stored.key);
  if (current) storage.put(stored.storage, { ...current.object(), status });
}

function reference(owner: StoredObject, apiVersion: string, kind: string): OwnerReference {
  return { apiVersion, kind, name: owner.name, uid: owner.uid, controller: true, blockOwnerDeletion: true };
}

function condition(type: string, reason: string, message: string, object: KubeObject) {
  const time = object.metadata.creationTimestamp;
  return { type, status: 'True', lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** Ten letters that follow from the pod template. */
function templateHash(template: unknown): string {
  return createHash('sha256')
    .update(formatJson(template ?? {}))
    .digest('hex')
    .slice(0, 10);
}
