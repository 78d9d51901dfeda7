import { nearName } from '../../../platform/input/near-name';
import { idleEntries } from './file-requests';
import type { PodFacts } from './volume-facts';

/** A pod whose annotation names a volume that the pod does not have. */
export interface IdleAnnotation {
  namespace: string;
  pod: string;
  message: string;
  /** The annotation asked for data, so the backup lacks something that somebody wanted: an error. Otherwise a warning. */
  asked: boolean;
}

/** Finds the entries of pods' annotations that name no volume and no claim of their pod. Velero ignores them. */
export function idleAnnotations(pods: readonly PodFacts[]): IdleAnnotation[] {
  return pods.flatMap((pod) =>
    idleEntries(pod).map(({ annotation, entry, asks }) => {
      const names = pod.volumes.flatMap(({ name, claim }) => (claim === undefined ? [name] : [name, claim]));
      const near = nearName(entry.slice(0, 63), names);
      const shown = JSON.stringify(entry.slice(0, 63));
      return {
        namespace: pod.namespace,
        pod: pod.name,
        message: `annotation ${annotation} of pod ${pod.namespace}/${pod.name} names ${shown}, and the pod has no such volume or claim${near === undefined ? '' : ` (did you mean "${near}"?)`}`,
        asked: asks,
      };
    }),
  );
}
