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
  templateHash,
  type WorkloadSpec,
} from './workload-objects';

/** StatefulSet → numbered pods and their claims; claims outlive their pods. */
export function reconcileStatefulSet(stored: StoredObject, context: ControllerContext): void {
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
