import { collectionPath, objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { parseDocument, serializeDocument } from '../../document/document';
import { decideExisting } from '../../decide/existing/decide-existing';
import type { ResetContext } from '../../transform/kind-resets';
import { prepare, prepareLive } from '../../transform/prepare';
import type { Waits } from '../pace/waits';
import { adoptDependents, releaseDependents, type AdoptWork } from '../owners/adopt-dependents';
import type { Attempt } from '../refused/attempt';
import { beingDeleted } from '../refused/being-deleted';
import { dependentsFate, type DependentsWork } from '../owners/dependents';
import type { Place } from '../../target/place';
import { sendPatch } from './send-patch';

/** What an object is deleted and made again with. */
export interface RecreateWork
  extends DependentsWork,
    AdoptWork,
    Pick<Waits, 'clock' | 'lease' | 'patience'> {}

/** The two sides of an object that is to be made again. */
export interface Copies {
  wanted: KubeObject;
  /** The cluster's, as it was found. */
  before: KubeObject;
  context: ResetContext;
}

/**
 * Deletes the very object that was looked at and makes it again: the create before has shown that the API server takes it.
 * What it owns stays or goes as `dependentsFate` decides, which may also refuse all of it.
 * Where a controller was quicker (an operator's ConfigMap), its new one becomes the
 * wanted one. What cannot be made after all is put back as it was.
 */
export async function recreate(
  work: RecreateWork,
  place: Place,
  paths: string,
  { wanted, before, context }: Copies,
): Promise<Attempt> {
  const path = objectPath(place.resource, place.namespace, place.name);
  const { uid, resourceVersion } = before.metadata;
  const fate = await dependentsFate(work, place, wanted, before);
  if ('refused' in fate) return { outcome: 'failed', reason: fate.refused };
  const { propagationPolicy, staying, released } = fate;
  const adopts = (owner: string | undefined) => adoptDependents(work, owner, staying);
  const unreleased = released && (await releaseDependents(work, staying));
  if (unreleased) {
    await adopts(uid);
    return {
      outcome: 'failed',
      reason: `it is not replaced, because what it owns cannot be kept: ${unreleased}`,
    };
  }
  const preconditions = { uid, resourceVersion };
  const deletion = await work.calls.delete(path, { propagationPolicy, preconditions });
  if (!deletion.accepted && deletion.status.code !== 404) {
    if (released) await adopts(uid);
    return { outcome: 'failed', reason: `it could not be deleted: ${deletion.status.message}` };
  }
  const held = await waitUntilGone(work, path, uid);
  if (held) {
    const rest = staying.length > 0 ? '; what it owned is there and has no owner' : '';
    return { outcome: 'failed', reason: `${held}${rest}` };
  }
  work.owned.forget(uid);
  const collection = collectionPath(place.resource, place.namespace);
  const made = await work.calls.call('POST', collection, serializeDocument(wanted));
  if (made.accepted) {
    await adopts(uidOf(made.response.body, path));
    return { outcome: 'recreated', reason: paths };
  }
  const { object: another } = await work.calls.read(path);
  if (another) {
    await adopts(another.metadata.uid);
    return adapt(work, place, paths, another, { wanted, context });
  }
  const { ownerReferences } = before.metadata;
  const old = prepare(
    '',
    before,
    {
      preserveNodePorts: true,
      mapped: (one) => one,
      keepVolumeName: true,
      keepsStatus: context.keepsStatus,
    },
    {},
  );
  // They are the cluster's own, and there still.
  if (ownerReferences) old.metadata.ownerReferences = ownerReferences;
  const back = await work.calls.call('POST', collection, serializeDocument(old));
  if (back.accepted) await adopts(uidOf(back.response.body, path));
  const rest = back.accepted ? 'the one before is back' : `nor the one before: ${back.status.message}`;
  return {
    outcome: 'failed',
    reason: `it was deleted and could not be made again: ${made.status.message}; ${rest}`,
  };
}

function uidOf(body: Buffer, path: string): string | undefined {
  return parseDocument(body, path).metadata.uid;
}

/** Turns what a controller made in the meantime into the wanted one. Changes `another`. */
async function adapt(
  work: RecreateWork,
  place: Place,
  paths: string,
  another: KubeObject,
  { wanted, context }: Omit<Copies, 'before'>,
): Promise<Attempt> {
  const present = prepareLive(place.groupResource, another, context);
  const decision = decideExisting(place.groupResource, wanted, present, 'update');
  const refused = decision.action === 'patch' && (await sendPatch(work, place, decision.patch));
  return refused
    ? { outcome: 'failed', reason: `it was deleted, and made again by another: ${refused.message}` }
    : { outcome: 'recreated', reason: paths };
}

/** What still holds the object of this uid when patience ends; undefined when it is gone. */
async function waitUntilGone(
  work: RecreateWork,
  path: string,
  uid: string | undefined,
): Promise<string | undefined> {
  const { clock, lease } = work;
  const deadline = clock.monotonic() + work.patience.deletion;
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    const { object, status } = await work.calls.read(path);
    if (object ? object.metadata.uid !== uid : !status) return undefined;
    if (clock.monotonic() >= deadline) {
      return `it was to be deleted and made again: ${status?.message ?? beingDeleted(object!) ?? 'it is still there'}`;
    }
    await clock.sleep(wait, lease.signal);
  }
}
