import type { PodVolumeFacts } from './volume-facts';

/** Sources whose content is made from objects of the cluster, or from an image: those are what a backup holds. */
const madeFromObjects = ['secret', 'configMap', 'projected', 'downwardAPI', 'image'];

/**
 * Why the files of a pod's volume are never copied; undefined where they may be. Velero's list (internal/volumehelper) and
 * images, which are read-only.
 */
export function neverCopied({
  name,
  source,
}: PodVolumeFacts): { reason: string; holdsData: boolean } | undefined {
  if (source === 'hostPath') {
    return { reason: 'a hostPath volume is a directory of the node, which is never copied', holdsData: true };
  }
  if (madeFromObjects.includes(source)) {
    return { reason: `a ${source} volume has no data of its own`, holdsData: false };
  }
  // Velero's rule for the tokens of service accounts before Kubernetes 1.21.
  if (name.startsWith('default-token')) {
    return { reason: 'the token of the service account is created by the cluster', holdsData: false };
  }
  return undefined;
}
