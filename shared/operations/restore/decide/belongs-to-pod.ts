import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';
import type { ArchiveSurroundings } from './surroundings';
import { controllingPod } from './volume-facts';

/** Controllers of the cluster make these for each pod that asks for them, and only a pod that owns its claims starts. */
export const madeWithPods: ReadonlySet<string> = new Set([
  'persistentvolumeclaims',
  'resourceclaims.resource.k8s.io',
]);

/**
 * Why an object that the cluster made for a pod of the backup is left out: the new pod gets one of its own. Claims that are
 * asked for without anything else are restored.
 */
export function belongsToPod(
  item: ItemRef,
  object: KubeObject,
  facts: ArchiveSurroundings,
): string | undefined {
  const { groupResource } = item;
  if (groupResource === 'persistentvolumes') {
    const claim = facts.claims.get(facts.volumes.get(item.name)?.claim ?? '');
    return claim?.pod && facts.bringsPods
      ? `it was an ephemeral volume of pod ${claim.pod}, which gets a new one`
      : undefined;
  }
  const pod = madeWithPods.has(groupResource) ? controllingPod(object) : undefined;
  return pod && facts.bringsPods
    ? `the cluster made it for pod ${pod.name}, which gets a new one`
    : undefined;
}
