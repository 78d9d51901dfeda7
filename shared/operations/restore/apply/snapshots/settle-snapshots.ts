import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { RestoreVolumeInfo } from '../../../../formats/manifests/velero';
import { isMap } from '../../../../platform/input/is-map';
import type { Report } from '../../report/report';
import { type BroughtClaim, type ClaimSnapshots, snapshotKinds } from '../../snapshots/claim-snapshots';
import { removeHelpers } from '../../snapshots/remove-helpers';
import { storageClassOf } from '../../transform/storage-classes';
import type { Transformer } from '../../transform/transformer';
import { forEachParallel } from '../pace/parallel';
import type { Waits } from '../pace/waits';
import type { ClaimSourceWork } from './claim-source';

/** What ends the restore of claims from snapshots. */
export interface SettleWork extends ClaimSourceWork, Waits {
  report: Report;
  transformer: Pick<Transformer, 'holds'>;
}

const claims = { group: '', version: 'v1', resource: 'persistentvolumeclaims', namespaced: true };
const volumes = { group: '', version: 'v1', resource: 'persistentvolumes', namespaced: false };
const classes = { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses', namespaced: false };

/** Claims at a time. */
const workers = 16;

/** Longest pause between two looks at the claims, in milliseconds. */
const longestPoll = 8_000;

/** A claim that is there and has no volume yet. */
interface Pending {
  brought: BroughtClaim;
  claim: KubeObject;
}

/**
 * Waits until the claims that get their data from snapshots are bound, and removes the VolumeSnapshots and contents that brought
 * it; the snapshots themselves stay. A claim that is not bound in time keeps its two objects, and that is said.
 */
export async function settleSnapshots(work: SettleWork): Promise<void> {
  const { clock, lease, patience, report, snapshots } = work;
  let waiting = [...snapshots.brought.values()];
  if (waiting.length === 0) return;
  report.phase('Finalizing', `waiting for ${waiting.length} claims to get their data from snapshots`);
  const deadline = clock.monotonic() + patience.binding;
  let pending: Pending[] = [];
  for (let wait = patience.poll; ; wait = Math.min(wait * 2, longestPoll)) {
    await lease.ensure();
    pending = [];
    await forEachParallel(waiting, workers, async (brought) => {
      const claim = await settle(work, brought);
      if (claim) pending.push({ brought, claim });
    });
    waiting = pending.map(({ brought }) => brought);
    const left = deadline - clock.monotonic();
    if (left <= 0 || !(await someMayBind(work, pending))) break;
    await clock.sleep(Math.min(wait, left), lease.signal);
  }
  await forEachParallel(pending, workers, (one) => tellPending(work, one));
  report.volumes.push(...volumesOf(snapshots));
}

function volumesOf(snapshots: ClaimSnapshots): RestoreVolumeInfo[] {
  return [...snapshots.brought.values()]
    .filter(({ volume, pending }) => volume !== undefined || pending)
    .map(({ namespace, claim, volume, snapshot: { handle, driver, size = 0 } }) => ({
      pvcName: claim,
      pvcNamespace: namespace,
      ...(volume !== undefined && { pvName: volume }),
      restoreMethod: 'CSISnapshot',
      snapshotDataMoved: false,
      csiSnapshotInfo: {
        snapshotHandle: handle,
        size,
        driver,
        vscName: snapshots.nameFor(namespace, claim),
      },
    }));
}

/** Ends the restore of a claim that is bound, or that was not made after all. Returns the claim where it waits for its volume. */
async function settle(work: SettleWork, brought: BroughtClaim): Promise<KubeObject | undefined> {
  const { calls, snapshots } = work;
  const { namespace, claim: name } = brought;
  const { object: claim, status } = await calls.read(objectPath(claims, namespace, name));
  if (status) {
    tell(
      work,
      brought,
      `whether it is bound cannot be read (${status.message}), so its snapshot objects stay`,
    );
    return undefined;
  }
  if (claim && claim.status?.phase !== 'Bound') return claim;
  if (claim) await checkVolume(work, brought, claim);
  const kinds = snapshotKinds(work.target);
  const helpers = { namespace, name: snapshots.nameFor(namespace, name), run: snapshots.run };
  const left = kinds && (await removeHelpers(calls, kinds, helpers));
  if (left !== undefined) tell(work, brought, `what brought its data could not be removed: ${left}`);
  return undefined;
}

/** A volume that was there before the claim has other data: the cluster binds one that waits for the claim, whatever its source. */
async function checkVolume(work: SettleWork, brought: BroughtClaim, claim: KubeObject): Promise<void> {
  const name = String(claim.spec?.volumeName);
  brought.volume = name;
  const { object: volume } = await work.calls.read(objectPath(volumes, undefined, name));
  if (!volume) return;
  const isOlder = timeOf(volume) < timeOf(claim);
  if (!isOlder) return;
  const { namespace, snapshot } = brought;
  work.report.error(
    `persistentvolumeclaims ${namespace}/${brought.claim}: it is bound to volume ${name}, which was there before it, so it does not have the data of snapshot ${snapshot.handle}`,
    namespace,
  );
}

function timeOf({ metadata }: KubeObject): number {
  return Date.parse(metadata.creationTimestamp ?? '');
}

/** Whether one of the claims may be bound without somebody's doing: late binding waits for a pod, and a held restore makes none. */
async function someMayBind(work: SettleWork, pending: readonly Pending[]): Promise<boolean> {
  if (pending.length === 0) return false;
  const { passive, replicasToZero } = work.transformer.holds;
  if (!passive && !replicasToZero) return true;
  for (const { claim } of pending) if (!(await waitsForPod(work, claim))) return true;
  return false;
}

async function waitsForPod(work: SettleWork, claim: KubeObject): Promise<boolean> {
  const name = storageClassOf(claim);
  if (!name) return false;
  let mode = work.snapshots.bindingModes.get(name);
  if (mode === undefined) {
    const { object } = await work.calls.read(objectPath(classes, undefined, name));
    mode = String(object?.volumeBindingMode ?? 'Immediate');
    work.snapshots.bindingModes.set(name, mode);
  }
  return mode === 'WaitForFirstConsumer';
}

/** Says what a claim without a volume waits for: the driver's own words where it refused the snapshot. */
async function tellPending(work: SettleWork, { brought, claim }: Pending): Promise<void> {
  const { calls, report, snapshots, target } = work;
  const { namespace, claim: name, snapshot } = brought;
  const helper = snapshots.nameFor(namespace, name);
  const kinds = snapshotKinds(target);
  const { object } = kinds
    ? await calls.read(objectPath(kinds.snapshots, namespace, helper))
    : { object: undefined };
  const error = isMap(object?.status?.error) ? object.status.error.message : undefined;
  const left = `delete VolumeSnapshot ${namespace}/${helper} and VolumeSnapshotContent ${helper} once it is`;
  brought.pending = true;
  if (typeof error === 'string') {
    report.error(
      `persistentvolumeclaims ${namespace}/${name}: snapshot ${snapshot.handle} cannot be used: ${error}`,
      namespace,
    );
    return;
  }
  const why = (await waitsForPod(work, claim)) ? ': its class waits for a pod that mounts it' : '';
  tell(work, brought, `it is not bound yet${why}; ${left}`);
}

function tell({ report }: SettleWork, { namespace, claim }: BroughtClaim, message: string): void {
  report.warn(`persistentvolumeclaims ${namespace}/${claim}: ${message}`, namespace);
}
