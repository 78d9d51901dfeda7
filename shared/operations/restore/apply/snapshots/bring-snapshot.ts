import { collectionPath, objectPath } from '../../../../platform/kubernetes/api-path';
import { type ApiResource, apiVersion } from '../../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { isMap } from '../../../../platform/input/is-map';
import { runLabelKey } from '../../../volumes/run-label';
import type { SavedSnapshot } from '../../../volumes/handles/saved-snapshot';
import { type ObjectTrace, staged } from '../../transform/object-trace';
import { fillFrom } from '../../transform/claim-source';
import { storageClassOf } from '../../transform/storage-classes';
import type { Place } from '../../target/place';
import { type Refusal, refusalOf } from '../refused/refusal';
import { snapshotKinds } from '../../snapshots/claim-snapshots';
import type { ClaimSourceWork } from './claim-source';

/** Undefined when the claim is to be created as it now is; `lost` says why its data cannot come. */
export type Brought = { lost: string } | { refusal: Refusal } | undefined;

/**
 * Makes what a claim gets its data from: a VolumeSnapshotContent for the handle, which keeps the snapshot whatever becomes of
 * the object, and the VolumeSnapshot that the claim names. Objects that an earlier attempt made are taken as they are. Changes
 * `claim`, the claim as it will be sent.
 */
export async function bringSnapshot(
  work: ClaimSourceWork,
  { namespace = '', name: claimName }: Place,
  claim: KubeObject,
  saved: SavedSnapshot,
  trace: ObjectTrace | undefined,
): Promise<Brought> {
  const { snapshots, target } = work;
  const kinds = snapshotKinds(target);
  if (!kinds) return { lost: 'the cluster no longer serves volume snapshots' };
  const otherDriver = await otherProvisioner(work, claim, saved);
  if (otherDriver !== undefined) return { lost: otherDriver };
  const name = snapshots.nameFor(namespace, claimName);
  snapshots.add({ namespace, claim: claimName, snapshot: saved });
  for (const [resource, object] of [
    [kinds.contents, contentOf(saved, { namespace, name })],
    [kinds.snapshots, snapshotObject({ namespace, name })],
  ] as const) {
    const wanted = { apiVersion: apiVersion(resource), kind: resource.kind, ...object };
    wanted.metadata = { ...wanted.metadata, labels: snapshots.labels };
    const fault = await create(work, resource, wanted);
    if (fault) return fault;
  }
  staged(trace, 'volume snapshot', claim, () => fillFrom(claim, name, saved.size));
  return undefined;
}

function contentOf(
  { handle, driver, volumeMode }: SavedSnapshot,
  { namespace, name }: { namespace: string; name: string },
): Pick<KubeObject, 'metadata' | 'spec'> {
  return {
    metadata: { name },
    spec: {
      deletionPolicy: 'Retain',
      driver,
      source: { snapshotHandle: handle },
      ...(volumeMode && { sourceVolumeMode: volumeMode }),
      volumeSnapshotRef: { kind: 'VolumeSnapshot', namespace, name },
    },
  };
}

function snapshotObject({
  namespace,
  name,
}: {
  namespace: string;
  name: string;
}): Pick<KubeObject, 'metadata' | 'spec'> {
  return { metadata: { name, namespace }, spec: { source: { volumeSnapshotContentName: name } } };
}

async function create(
  { calls }: Pick<ClaimSourceWork, 'calls'>,
  resource: ApiResource,
  wanted: KubeObject,
): Promise<Brought> {
  const { namespace, name } = wanted.metadata;
  const answer = await calls.call('POST', collectionPath(resource, namespace), JSON.stringify(wanted));
  if (answer.accepted) return undefined;
  const { status } = answer;
  const what = `${resource.kind} ${name}`;
  if (status.reason === 'AlreadyExists') {
    const { object: live } = await calls.read(objectPath(resource, namespace, name));
    if (live && isTheSame(live, wanted)) return undefined;
    if (live && live.metadata.deletionTimestamp === undefined) {
      return {
        lost: `${what} exists and is not what this restore needs: delete it, or restore under another name`,
      };
    }
  }
  const refusal = refusalOf(status, resource.resource);
  const reason = `${what}, from which its data is to come, could not be created: ${refusal.reason}`;
  if (refusal.cure === 'restore' && status.code !== 404) return { lost: reason };
  // The next claim asks for itself.
  return { refusal: { ...refusal, reason, meetsAll: false } };
}

/** Whether an object is the one that this restore would make: then an earlier attempt made it. */
function isTheSame(live: KubeObject, wanted: KubeObject): boolean {
  if (live.metadata.deletionTimestamp !== undefined) return false;
  return (
    live.metadata.labels?.[runLabelKey] === wanted.metadata.labels?.[runLabelKey] &&
    holds(live.spec, wanted.spec)
  );
}

/** Whether a value has all that is wanted of it; servers fill in more. */
function holds(live: unknown, wanted: unknown): boolean {
  if (!isMap(wanted)) return live === wanted;
  return isMap(live) && Object.entries(wanted).every(([field, value]) => holds(live[field], value));
}

const storageClasses = {
  group: 'storage.k8s.io',
  version: 'v1',
  resource: 'storageclasses',
  namespaced: false,
};

/** A driver makes volumes of its own snapshots only: why the claim's class cannot; undefined where it can or nothing is known. */
async function otherProvisioner(
  { calls, snapshots }: ClaimSourceWork,
  claim: KubeObject,
  { driver, handle }: SavedSnapshot,
): Promise<string | undefined> {
  const name = storageClassOf(claim);
  if (name === undefined || name === '') return undefined;
  if (!snapshots.provisioners.has(name)) {
    const { object } = await calls.read(objectPath(storageClasses, undefined, name));
    const provisioner = object?.provisioner;
    snapshots.provisioners.set(name, typeof provisioner === 'string' ? provisioner : undefined);
  }
  const provisioner = snapshots.provisioners.get(name);
  // In-tree provisioners stand for the CSI driver that they were migrated to.
  if (provisioner === undefined || provisioner === driver || provisioner.startsWith('kubernetes.io/')) {
    return undefined;
  }
  return `storage class ${name} makes volumes with ${provisioner}, and snapshot ${handle} is of driver ${driver}: map the class to one of that driver with --storage-class-mappings`;
}
