import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/**
 * The scheduler's and admission's own fields go, and the mounted token of a service account's automatic Secret: the
 * new pod gets one of its own (pod_action.go). Ephemeral containers cannot be created with a pod.
 */
export function resetPod(pod: KubeObject): void {
  const { spec } = pod;
  if (!spec) return;
  delete spec.nodeName;
  delete spec.priority;
  delete spec.ephemeralContainers;
  const token = `${String(spec.serviceAccountName ?? 'default')}-token-`;
  const isToken = (one: unknown) => isMap(one) && typeof one.name === 'string' && one.name.startsWith(token);
  if (Array.isArray(spec.volumes)) spec.volumes = spec.volumes.filter((volume) => !isToken(volume));
  for (const list of [spec.containers, spec.initContainers]) {
    for (const container of Array.isArray(list) ? list : []) {
      if (isMap(container) && Array.isArray(container.volumeMounts)) {
        container.volumeMounts = container.volumeMounts.filter((mount) => !isToken(mount));
      }
    }
  }
}
