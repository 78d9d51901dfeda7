import type { KubeObject } from '../../cluster/kube-object';

/** What holds an object that is being deleted; undefined when it is not. */
export function beingDeleted(live: KubeObject): string | undefined {
  if (live.metadata.deletionTimestamp === undefined) return undefined;
  const finalizers = live.metadata.finalizers ?? [];
  return finalizers.length > 0
    ? `it is still being deleted and waits for the finalizers ${finalizers.join(', ')}`
    : 'it is still being deleted';
}
