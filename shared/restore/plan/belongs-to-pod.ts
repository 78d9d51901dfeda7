import type { KubeObject } from '../../cluster/kube-object';
import type { ItemRef } from '../../vault/archive/archive-types';
import type { ArchiveFacts } from '../check/archive-facts';
import { controllingPod, isPod } from '../check/volume-facts';

/** Controllers of the cluster make these for each pod that asks for them, and only a pod that owns its claims starts. */
export const madeWithPods: ReadonlySet<string> = new Set([
  'persistentvolumeclaims',
  'resourceclaims.resource.k8s.io',
]);

/**
 * Why an object that belonged to a pod of the backup is left out: the new pod gets one of its own, or the pod comes back as
 * another one (a lock that its process holds, for one). Claims that are asked for without anything else are restored.
 */
export function belongsToPod(item: ItemRef, object: KubeObject, facts: ArchiveFacts): string | undefined {
  const { groupResource } = item;
  if (groupResource === 'persistentvolumes') {
    const claim = facts.claims.get(facts.volumes.get(item.name)?.claim ?? '');
    return claim?.pod && facts.bringsPods
      ? `it was an ephemeral volume of pod ${claim.pod}, which gets a new one`
      : undefined;
  }
  if (madeWithPods.has(groupResource)) {
    const pod = controllingPod(object);
    return pod && facts.bringsPods
      ? `the cluster made it for pod ${pod.name}, which gets a new one`
      : undefined;
  }
  const owners = object.metadata.ownerReferences ?? [];
  const isGone = owners.length > 0 && owners.every((one) => isPod(one) && facts.podsMadeAgain.has(one.uid));
  return isGone
    ? `it belonged to pod ${owners[0]!.name}, which its controller makes again as another one`
    : undefined;
}
