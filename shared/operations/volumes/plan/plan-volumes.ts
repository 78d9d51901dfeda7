import { type Mount, planClaim } from './plan-claim';
import { planPodVolume } from './plan-pod-volume';
import type { PlannedVolume } from './planned-volume';
import type { ClaimFacts, VolumeFacts } from './volume-facts';
import type { VolumeSpec } from './volume-spec';

/**
 * Plans how each volume of a backup is saved: one entry for each claim, however many pods mount it, and one for each volume
 * of a pod that has no claim. Claims come first, in the order of their names; then volumes of pods, in the order of the pods.
 *
 * What decides, in this order, as in Velero 1.18 (internal/volumehelper): the first volume policy that matches; annotations
 * of pods and `defaultVolumesToFsBackup`; `snapshotVolumes`, where unset means a snapshot if the driver has a class for it.
 * Unlike in Velero, `snapshotVolumes: false` wins over a policy that says snapshot.
 */
export function planVolumes(facts: VolumeFacts, spec: VolumeSpec): PlannedVolume[] {
  const claims = new Map<string, { namespace: string; name: string; claim?: ClaimFacts; mounts: Mount[] }>();
  const of = (namespace: string, name: string) => {
    const key = `${namespace}/${name}`;
    const known = claims.get(key) ?? { namespace, name, mounts: [] };
    claims.set(key, known);
    return known;
  };
  for (const claim of facts.claims) of(claim.namespace, claim.name).claim = claim;
  const ofPods: PlannedVolume[] = [];
  for (const pod of facts.pods) {
    for (const volume of pod.volumes) {
      if (volume.claim === undefined) ofPods.push(planPodVolume(pod, volume, spec));
      else of(pod.namespace, volume.claim).mounts.push({ pod, volume });
    }
  }
  const volumes = new Map(facts.volumes.map((volume) => [volume.name, volume]));
  const ofClaims = [...claims]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => planClaim(one, volumes, facts.snapshotClasses, spec));
  return [...ofClaims, ...ofPods];
}
