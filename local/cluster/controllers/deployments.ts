import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { ControllerContext } from './controllers';
import type { StoredObject } from '../objects/stored-object';
import {
  adopt,
  create,
  owned,
  reference,
  setStatus,
  templateHash,
  type WorkloadSpec,
} from './workload-objects';

/** Deployment → the ReplicaSet of its present template; older ones are brought to zero. */
export function reconcileDeployment(stored: StoredObject, context: ControllerContext): void {
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

function condition(type: string, reason: string, message: string, object: KubeObject) {
  const time = object.metadata.creationTimestamp;
  return { type, status: 'True', lastUpdateTime: time, lastTransitionTime: time, reason, message };
}
