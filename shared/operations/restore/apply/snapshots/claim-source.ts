import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { ItemRef } from '../../../../formats/vault/archive-types';
import { handleRefusal, type SavedSnapshot } from '../../../volumes/handles/saved-snapshot';
import type { ArchiveFacts } from '../../check/archive-facts';
import type { Selection } from '../../decide/selection';
import type { Target } from '../../target/target';
import type { TargetCalls } from '../../target/target-calls';
import { comesFrom } from '../../transform/claim-source';
import { type ClaimSnapshots, snapshotKinds } from '../../snapshots/claim-snapshots';

/** What decides where the data of a claim comes from. */
export interface ClaimSourceWork {
  calls: TargetCalls;
  target: Target;
  facts: Pick<ArchiveFacts, 'contents'>;
  selection: Selection;
  snapshots: ClaimSnapshots;
}

/** Where the data of a claim comes from that the backup has as a CSI snapshot. */
export type ClaimSource =
  /** `exists`: an earlier attempt of this restore made the claim. */
  | { from: SavedSnapshot; exists?: true }
  /** The claim exists and stays as it is. */
  | { kept: string }
  | { lost: string; saved?: SavedSnapshot };

const claims = { group: '', version: 'v1', resource: 'persistentvolumeclaims', namespaced: true };
const csiDrivers = 'csidrivers.storage.k8s.io';

/**
 * Decides whether a claim gets its data from the backup's CSI snapshot; undefined where the backup has none of it. Reads only:
 * the claim, and each driver once.
 */
export async function claimSource(work: ClaimSourceWork, ref: ItemRef): Promise<ClaimSource | undefined> {
  const { snapshots, facts, selection } = work;
  const saved = snapshots.saved.snapshotOf(ref.namespace!, ref.name, facts.contents);
  if (!saved) return undefined;
  const namespace = selection.mapped(ref.namespace!);
  const { object: live } = await work.calls.read(objectPath(claims, namespace, ref.name));
  if (live && ('fault' in saved || !comesFrom(live, snapshots.nameFor(namespace, ref.name)))) {
    return { kept: 'its data is not replaced, since the claim exists' };
  }
  if ('fault' in saved) return { lost: saved.fault };
  if (live) {
    snapshots.add({ namespace, claim: ref.name, snapshot: saved });
    return { from: saved, exists: true };
  }
  const reason =
    snapshots.without ?? handleRefusal(saved, await snapshots.sources()) ?? (await whyNotServed(work, saved));
  return reason === undefined ? { from: saved } : { lost: reason, saved };
}

/** Why the cluster cannot make a volume of a snapshot. A driver that may not be read counts as there. */
async function whyNotServed(
  { calls, target, snapshots }: ClaimSourceWork,
  { driver }: SavedSnapshot,
): Promise<string | undefined> {
  if (!snapshotKinds(target)) {
    return `the cluster serves no volume snapshots: install the CRDs and the controller of snapshot.storage.k8s.io, and CSI driver ${driver}`;
  }
  let known = snapshots.drivers.get(driver);
  if (known === undefined) {
    const resource = target.versions(csiDrivers)[0];
    const found = resource && (await calls.read(objectPath(resource, undefined, driver)));
    known = !resource || found?.object !== undefined || found?.status !== undefined;
    snapshots.drivers.set(driver, known);
  }
  return known
    ? undefined
    : `the cluster has no CSI driver ${driver}: install it, or restore into a cluster that has it`;
}
