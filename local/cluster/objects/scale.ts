import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { isMap } from '../../../shared/platform/input/is-map';

/** The `scale` subresource of a workload: its replicas, as autoscaling/v1 shows them. */
export function scaleOf(object: KubeObject): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const labels = (object.spec?.selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels;
  const selector = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Zero is left out, as Go does with empty fields.
    spec: object.spec?.replicas ? { replicas: object.spec.replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, ...(selector ? { selector } : {}) },
  };
}

/** The workload with the replicas of a Scale. */
export function rescaled(object: KubeObject, scale: unknown): KubeObject {
  const replicas = isMap(scale) && isMap(scale.spec) ? scale.spec.replicas : undefined;
  return { ...object, spec: { ...object.spec, replicas: replicas ?? 0 } };
}
