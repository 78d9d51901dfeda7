import type { KubeObject } from '../../platform/kubernetes/kube-object';

interface Container {
  name?: unknown;
  restartPolicy?: unknown;
}

/** Names of the containers in which a command can run as long as the pod runs: init containers end, unless they are sidecars. */
export function lastingContainers(pod: KubeObject): string[] {
  const { containers, initContainers } = pod.spec ?? {};
  const sidecars = listOf(initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...listOf(containers), ...sidecars].map(({ name }) => String(name ?? ''));
}

/** Whether a pod has ended: nothing of it runs, or will. */
export function hasEnded({ status }: KubeObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function listOf(value: unknown): Container[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}
