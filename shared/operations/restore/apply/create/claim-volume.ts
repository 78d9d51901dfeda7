import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { isMap } from '../../../../platform/input/is-map';
import type { ItemRef } from '../../../../formats/vault/archive-types';
import type { SavedSnapshot } from '../../../volumes/handles/saved-snapshot';
import { volumeHandle } from '../../decide/volume-facts';
import { volumeFate } from '../../decide/volume-fate';
import type { ArchiveFacts } from '../../check/archive-facts';
import type { Report } from '../../report/report';
import type { Transformer } from '../../transform/transformer';
import { claimSource, type ClaimSourceWork } from '../snapshots/claim-source';

/** What the volume of a claim is looked for with. */
export interface ClaimWork extends ClaimSourceWork {
  facts: Pick<ArchiveFacts, 'claims' | 'contents' | 'volumes'>;
  transformer: Transformer;
  report: Report;
}

/** Whether a claim keeps its volume's name; `lost` says why its data does not come back with it. */
export interface ClaimVolume {
  keepVolumeName: boolean;
  lost?: string;
  /** The snapshot that the backup has of its data. */
  saved?: SavedSnapshot;
  /** Its data comes from `saved`: with a claim that is still to be made, or that an earlier attempt has made. */
  from?: 'new' | 'made';
  /** Why the data of a claim that exists is left alone. */
  kept?: string;
}

const volumes = { group: '', version: 'v1', resource: 'persistentvolumes', namespaced: false };
const claims = { group: '', version: 'v1', resource: 'persistentvolumeclaims', namespaced: true };

/**
 * Decides where the data of a claim comes from: from the backup's CSI snapshot of it, else from the volume that it had. Where the
 * snapshot cannot be used, the volume may still be there.
 */
export async function claimVolume(work: ClaimWork, ref: ItemRef): Promise<ClaimVolume> {
  const source = await claimSource(work, ref);
  if (!source) return volumeItHad(work, ref);
  if ('kept' in source) return { keepVolumeName: false, kept: source.kept };
  if ('from' in source) {
    return { keepVolumeName: false, saved: source.from, from: source.exists ? 'made' : 'new' };
  }
  const { lost, saved } = source;
  const volume = await volumeItHad(work, ref);
  return volume.keepVolumeName ? volume : { keepVolumeName: false, lost, ...(saved && { saved }) };
}

/**
 * Looks for the volume of a claim in the cluster. A volume that waits for this claim is kept; one that was released
 * (policy Retain, same storage, its claimRef naming this claim) is made available again, else the claim would end in
 * phase Lost. Without either the claim is provisioned anew, empty.
 */
async function volumeItHad(work: ClaimWork, ref: ItemRef): Promise<ClaimVolume> {
  const fact = work.facts.claims.get(`${ref.namespace}/${ref.name}`);
  const name = fact?.volumeName;
  if (!name) {
    return fact?.bound ? { keepVolumeName: false, lost: 'it names no volume' } : { keepVolumeName: false };
  }
  const passive = work.transformer.leavesOut('persistentvolumes');
  if (passive) return { keepVolumeName: false, lost: passive };
  const namespace = work.selection.mapped(ref.namespace!);
  const archived = work.facts.volumes.get(name);
  const fate = volumeFate(archived, work.snapshots.saved.ofVolume(name));
  const lost = (reason: string): ClaimVolume => ({ keepVolumeName: false, lost: reason });
  const { object: live, status } = await work.calls.read(objectPath(volumes, undefined, name));
  if (status) return lost(`its volume ${name} cannot be read: ${status.message}`);
  if (!live) return lost(fate.restore ? `its volume ${name} was not restored` : fate.reason);
  if (archived && volumeHandle(live) !== archived.handle) {
    return lost(`the cluster's volume ${name} has other storage than the one in the backup`);
  }
  const claimRef = live.spec?.claimRef;
  if (!isMap(claimRef)) return { keepVolumeName: true };
  if (claimRef.namespace !== namespace || claimRef.name !== ref.name) {
    const owner = `${String(claimRef.namespace)}/${String(claimRef.name)}`;
    return lost(`its volume ${name} belongs to claim ${owner}`);
  }
  if (claimRef.uid === undefined) return { keepVolumeName: true };
  return (await makeAvailable(work, live, namespace, ref.name)) ?? { keepVolumeName: true };
}

/** Undefined when the volume is, or now waits for, the claim's. */
async function makeAvailable(
  work: ClaimWork,
  live: KubeObject,
  namespace: string,
  claim: string,
): Promise<ClaimVolume | undefined> {
  const { name, resourceVersion } = live.metadata;
  const present = await work.calls.read(objectPath(claims, namespace, claim));
  if (present.object) return undefined;
  // A claim that cannot be read may be alive, and the volume is its.
  if (present.status) {
    return {
      keepVolumeName: false,
      lost: `whether claim ${namespace}/${claim} is still there cannot be read: ${present.status.message}`,
    };
  }
  if (live.spec?.persistentVolumeReclaimPolicy === 'Delete') {
    return { keepVolumeName: false, lost: `its volume ${name} is released and about to be deleted` };
  }
  const patch = { metadata: { resourceVersion }, spec: { claimRef: { uid: null, resourceVersion: null } } };
  const answer = await work.calls.call('PATCH', objectPath(volumes, undefined, name), JSON.stringify(patch));
  if (!answer.accepted) {
    return {
      keepVolumeName: false,
      lost: `its released volume ${name} could not be freed: ${answer.status.message}`,
    };
  }
  work.report.log.info(`volume ${name} was released; it waits for claim ${namespace}/${claim} again`, {
    namespace,
  });
  return undefined;
}
