import { type FileRequest, fileRequest } from './file-requests';
import { type MatchedPolicy, matchPolicy } from './match-policy';
import type { PlannedVolume } from './planned-volume';
import { chooseClass } from './snapshot-class';
import type {
  ClaimFacts,
  PersistentVolumeFacts,
  PodFacts,
  PodVolumeFacts,
  SnapshotClasses,
} from './volume-facts';
import type { VolumeSpec } from './volume-spec';

/** A volume of a pod that is a claim. */
export interface Mount {
  pod: PodFacts;
  volume: PodVolumeFacts;
}

interface ClaimCase {
  namespace: string;
  name: string;
  /** Absent where a pod names a claim that is not known. */
  claim?: ClaimFacts;
  mounts: readonly Mount[];
}

type Decision = Pick<PlannedVolume, 'method' | 'reason' | 'asked'> &
  Partial<Pick<PlannedVolume, 'noWarning' | 'snapshotClass' | 'driver'>>;

/** Plans one claim, whoever mounts it. Where one pod asks for a copy of its files and another excludes it, the request wins. */
export function planClaim(
  { namespace, name, claim, mounts }: ClaimCase,
  volumes: ReadonlyMap<string, PersistentVolumeFacts>,
  classes: SnapshotClasses,
  spec: VolumeSpec,
): PlannedVolume {
  const volume = claim?.volumeName ? volumes.get(claim.volumeName) : undefined;
  return {
    namespace,
    claim: name,
    ...(claim?.volumeName ? { pv: claim.volumeName } : {}),
    mounts: mounts.map((mount) => ({ pod: mount.pod.name, volume: mount.volume.name })),
    ...decide(),
  };

  function decide(): Decision {
    const files = filesAsked(mounts.map((mount) => fileRequest(mount.pod, mount.volume, spec)));
    if (!claim) {
      return {
        method: 'skip',
        reason: 'the claim was not found in the cluster',
        asked: files.asking !== undefined,
      };
    }
    const policy = matchPolicy(spec.resourcePolicies?.volumePolicies, {
      claim,
      volume,
      podVolumes: mounts.map((mount) => mount.volume),
    });
    if (policy?.action.type === 'skip') {
      if (!files.annotated) return { method: 'skip', reason: said(policy), asked: false, noWarning: true };
      return { method: 'skip', reason: `${said(policy)}, although ${files.annotated}`, asked: false };
    }
    const unbound = whyUnbound(claim);
    if (unbound) {
      const asked = unbound.lost && (files.asking !== undefined || wantsSnapshot(policy));
      return { method: 'skip', reason: unbound.reason, asked };
    }
    if (policy?.action.type === 'fs-backup') return { method: 'files', reason: said(policy), asked: true };
    if (!policy && files.asking) return { method: 'files', reason: files.asking, asked: true };
    return decideSnapshot(claim, policy, files.excluded);
  }

  function wantsSnapshot(policy: MatchedPolicy | undefined): boolean {
    return policy !== undefined || spec.snapshotVolumes === true;
  }

  function decideSnapshot(bound: ClaimFacts, policy: MatchedPolicy | undefined, excluded?: string): Decision {
    const why = policy ? said(policy) : spec.snapshotVolumes ? 'snapshotVolumes is true' : undefined;
    const reason = (text: string) => [why, excluded, text].filter(Boolean).join('; ');
    if (spec.snapshotVolumes === false) {
      return { method: 'skip', reason: reason('snapshotVolumes is false'), asked: false };
    }
    const asked = wantsSnapshot(policy);
    if (!volume) {
      const text = `PersistentVolume ${bound.volumeName} could not be read, so its driver is not known`;
      return { method: 'skip', reason: reason(text), asked };
    }
    const driver = volume.csi?.driver;
    if (driver === undefined) {
      const text = `volume ${volume.name} is of type ${volume.source}, which has no snapshots`;
      return { method: 'skip', reason: reason(text), asked };
    }
    const named = { byPolicy: policy?.action.parameters?.snapshotClass, annotations: spec.annotations };
    const chosen = chooseClass(driver, bound, named, classes);
    if ('fault' in chosen)
      return { method: 'skip', reason: reason(chosen.fault), asked: asked || chosen.named };
    return { method: 'snapshot', reason: reason(chosen.reason), asked, snapshotClass: chosen.name, driver };
  }
}

function said({ number, action }: MatchedPolicy): string {
  return `volume policy ${number} says ${action.type}`;
}

/** Why a claim has no volume that could be saved; `lost` where there was one. */
function whyUnbound({ phase, volumeName }: ClaimFacts): { reason: string; lost: boolean } | undefined {
  if (phase === 'Lost') {
    const which = volumeName ? `PersistentVolume ${volumeName}` : 'its PersistentVolume';
    return { reason: `the claim is Lost: ${which} is gone, and its data with it`, lost: true };
  }
  if (volumeName && (phase === undefined || phase === 'Bound')) return undefined;
  return { reason: 'the claim is not bound to a volume, so it has no data', lost: false };
}

/** What the pods that mount a claim say together. */
function filesAsked(requests: readonly FileRequest[]): {
  asking?: string;
  annotated?: string;
  excluded?: string;
} {
  const excluded = requests.find((request) => request.excluded)?.excluded;
  const annotated = requests.find((request) => request.annotated)?.annotated;
  const asking = annotated ?? requests.find((request) => request.byDefault)?.byDefault;
  const whole = asking && excluded ? `${asking}; ${excluded}, but a request wins` : asking;
  return { asking: whole, annotated, excluded };
}
