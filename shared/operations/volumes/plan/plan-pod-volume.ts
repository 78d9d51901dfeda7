import { fileRequest, hasEnded } from './file-requests';
import { matchPolicy } from './match-policy';
import type { PlannedVolume } from './planned-volume';
import { neverCopied } from './pod-volume-sources';
import type { PodFacts, PodVolumeFacts } from './volume-facts';
import type { VolumeSpec } from './volume-spec';

/** Plans a volume of a pod that has no claim: its files are copied where somebody asks for them. */
export function planPodVolume(pod: PodFacts, volume: PodVolumeFacts, spec: VolumeSpec): PlannedVolume {
  const planned = (
    method: PlannedVolume['method'],
    reason: string,
    { asked = false, noWarning }: { asked?: boolean; noWarning?: boolean } = {},
  ): PlannedVolume => ({
    namespace: pod.namespace,
    mounts: [{ pod: pod.name, volume: volume.name }],
    method,
    reason,
    asked,
    ...((noWarning ?? !asked) && { noWarning: true }),
  });
  const request = fileRequest(pod, volume, spec);
  const never = neverCopied(volume);
  if (never) {
    if (!request.annotated) return planned('skip', never.reason);
    const reason = `${request.annotated}, and ${never.reason}`;
    return planned('skip', reason, { asked: never.holdsData, noWarning: false });
  }
  if (hasEnded(pod)) return planned('skip', 'the pod has ended');
  const policy = matchPolicy(spec.resourcePolicies?.volumePolicies, { podVolumes: [volume] });
  if (policy) {
    const said = `volume policy ${policy.number} says ${policy.action.type}`;
    if (policy.action.type === 'fs-backup') return planned('files', said, { asked: true });
    if (policy.action.type === 'skip') {
      const reason = request.annotated ? `${said}, although ${request.annotated}` : said;
      return planned('skip', reason, { noWarning: request.annotated === undefined });
    }
    return planned('skip', `${said}, and only claims have snapshots`);
  }
  const asking = request.annotated ?? request.byDefault;
  if (asking) return planned('files', asking, { asked: true });
  return planned('skip', request.excluded ?? 'volumes without a claim are saved only when asked for');
}
