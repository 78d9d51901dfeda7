import type { Controller, ControllerContext } from '../controllers/controllers';
import { reconcileDeployment } from '../controllers/deployments';
import { startPod } from '../controllers/pod-starting';
import { reconcileReplicaSet } from '../controllers/replica-sets';
import { reconcileStatefulSet } from '../controllers/stateful-sets';
import type { StoredObject } from '../objects/stored-object';
import { controllerOf } from '../controllers/workload-objects';

/**
 * The workload controllers, as much of them as makes an application look alive: Deployment → ReplicaSet → pods,
 * StatefulSet → claims and pods, all ready at once. Rollouts, scheduling, Jobs, DaemonSets and probes are not played.
 */
const controlled: Record<string, (stored: StoredObject, context: ControllerContext) => void> = {
  'deployments.apps': reconcileDeployment,
  'replicasets.apps': reconcileReplicaSet,
  'statefulsets.apps': reconcileStatefulSet,
};

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
