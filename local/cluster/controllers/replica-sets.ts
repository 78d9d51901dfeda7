import { matchesSelector } from '../../../shared/formats/manifests/selection/label-match';
import { inNamespace } from '../objects/collection';
import type { ControllerContext } from './controllers';
import type { StoredObject } from '../objects/stored-object';
import {
  adopt,
  controllerOf,
  create,
  owned,
  reference,
  remove,
  setStatus,
  type WorkloadSpec,
} from './workload-objects';

/** ReplicaSet → pods; orphans that match are adopted before new ones are made. */
export function reconcileReplicaSet(stored: StoredObject, context: ControllerContext): void {
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

function matching(stored: StoredObject, spec: WorkloadSpec, { storage }: ControllerContext): StoredObject[] {
  const { matchLabels = {} } = spec.selector ?? {};
  if (Object.keys(matchLabels).length === 0) return [];
  return inNamespace(storage.collection('pods').sorted(), stored.namespace).filter(
    (pod) => !pod.meta.deletionTimestamp && matchesSelector({ matchLabels }, pod.meta.labels),
  );
}
