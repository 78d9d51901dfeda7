import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { KubeStatus } from '../../../../platform/kubernetes/status';
import type { ArchivedItem } from '../../../../formats/vault/archive-types';
import { parseItem } from '../../document/archived-object';
import { copyDocument } from '../../document/document';
import { keepMarks } from '../../replica/marks';
import type { Outcome } from '../../report/outcome';
import { type FieldOwner, hasApplied, unitedOwners } from '../../transform/field-owners';
import type { ResetContext } from '../../transform/kind-resets';
import { dropAddress } from '../../transform/service';
import { type Aftermath, afterCreate, setFieldOwners, type AfterCreateWork } from './after-create';
import type { Attempt } from '../refused/attempt';
import { deletionRefusal } from '../refused/being-deleted';
import { meetExisting, type ExistingWork } from '../existing/existing-object';
import type { Place } from '../../target/place';
import { refusalOf } from '../refused/refusal';
import { beyondRights, type BeyondRightsWork } from './beyond-rights';
import { takenToExist, type TakenToExistWork } from './taken-to-exist';
import type { DoneObjects } from './done-objects';

/** What a refused create is met with. */
export interface RefusedCreateWork extends ExistingWork, AfterCreateWork, BeyondRightsWork, TakenToExistWork {
  /** What this restore has made and changed. */
  done: DoneObjects;
}

/**
 * Whether a refused create has shown that the API server would take the object if its name were free: AlreadyExists; and a
 * Service whose ports are taken by itself, since ports are allocated before the name is looked at.
 */
function isTaken({ code, reason, message }: KubeStatus, groupResource: string): boolean {
  if (code === 409) return reason !== 'Conflict';
  return code === 422 && groupResource === 'services' && /already allocated/.test(message);
}

/**
 * Decides what a refused create means. The refusal may come before the API server looks at the name: from a quota, a webhook, a
 * policy, or because the kind cannot be created. So one read tells whether the object is there.
 */
export async function meetRefusedCreate(
  work: RefusedCreateWork,
  item: ArchivedItem,
  place: Place,
  wanted: KubeObject,
  { context, aftermath, refusal }: { context: ResetContext; aftermath: Aftermath; refusal: KubeStatus },
): Promise<Attempt> {
  const { groupResource } = place;
  // Nothing answered: a read would fare no better, and the object is tried again.
  if (refusal.reason === 'NoAnswer') return refused(refusal, groupResource);
  const { object: live, status } = await work.calls.read(
    objectPath(place.resource, place.namespace, place.name),
  );
  const taken = isTaken(refusal, groupResource);
  if (!live) {
    const known = takenToExist(work, place, refusal, status) ?? beyondRights(work, place, refusal, status);
    if (known) return known;
    const gone = taken && refusal.code === 409 ? { ...refusal, reason: 'Conflict' } : refusal;
    return refused(taken && status ? status : gone, groupResource);
  }
  const deletion = await deletionRefusal(work.calls, place, live);
  if (deletion) return { refusal: deletion };
  const { metadata } = live;
  const earlier = work.done.earlier(metadata.uid, item);
  if (earlier === 'created') {
    return { outcome: 'created', reason: await afterCreate(work, place, live, aftermath) };
  }
  if (work.owners.wants(aftermath.oldUid)) work.owners.learn(aftermath.oldUid, live.metadata.uid ?? '');
  if (place.groupResource === 'customresourcedefinitions.apiextensions.k8s.io')
    work.definitions.add(place.name);
  // An address cannot be changed.
  if (groupResource === 'services') dropAddress(wanted);
  const changes = changesWhatExists(work, groupResource);
  keepMarks(wanted, live, { origin: !changes });
  const { uid, managedFields } = metadata;
  const mayBeOurs = work.done.mayHaveMade(metadata, item);
  const found = copyDocument(live);
  const attempt = await meetExisting(work, place, wanted, live, {
    context,
    archived: () => parseItem(item),
    uncreatable: taken ? undefined : refused(refusal, groupResource),
    // What this restore may have made a moment ago gets its status below.
    status: mayBeOurs ? undefined : aftermath.status,
  });
  if ('refusal' in attempt) return attempt;
  if (attempt.outcome === 'same' && earlier) {
    return { ...attempt, outcome: earlier, reason: 'in an earlier attempt' };
  }
  if (attempt.outcome === 'same' && mayBeOurs) {
    return { ...attempt, outcome: 'created', reason: await afterCreate(work, place, found, aftermath) };
  }
  if (attempt.outcome === 'updated') await work.done.note('updated', uid, item);
  if (attempt.outcome === 'updated' || attempt.changed)
    return keepOwners(work, place, attempt, aftermath.owners, managedFields);
  if (attempt.outcome === 'failed') await learnAnew(work, place, aftermath.oldUid);
  if (attempt.outcome !== 'recreated') return attempt;
  // It has another uid now: what it owns must not be given that of the one that is gone.
  const made = await work.calls.read(objectPath(place.resource, place.namespace, place.name));
  await work.done.note('recreated', made.object?.metadata.uid, item);
  const notes = await afterCreate(work, place, made.object, aftermath);
  return { ...attempt, reason: [attempt.reason, notes].filter(Boolean).join('; ') };
}

/** An owner that could not be made again is gone, or back under another uid. */
async function learnAnew(work: RefusedCreateWork, place: Place, oldUid: string | undefined): Promise<void> {
  if (!work.owners.wants(oldUid) || work.policies.of(place.groupResource) !== 'replace') return;
  const { object, status } = await work.calls.read(objectPath(place.resource, place.namespace, place.name));
  if (object?.metadata.uid) work.owners.learn(oldUid, object.metadata.uid);
  else if (!status) work.owners.forget(oldUid);
}

/**
 * Gives the fields that an update has changed back to their managers: they would belong to the restore, and be in the way of
 * the next server-side apply. Where what the cluster has stays, its managers stay too.
 */
async function keepOwners(
  work: RefusedCreateWork,
  place: Place,
  attempt: Extract<Attempt, { outcome: Outcome }>,
  archived: FieldOwner[] | undefined,
  present: unknown[] | undefined,
): Promise<Attempt> {
  if (!hasApplied(archived) && !hasApplied(present)) return attempt;
  const adds =
    attempt.adds ||
    place.groupResource === 'serviceaccounts' ||
    work.policies.of(place.groupResource) === 'merge';
  const owners = adds || !archived ? unitedOwners(present, archived) : archived;
  const note = await setFieldOwners(work, place, owners);
  return note ? { ...attempt, reason: [attempt.reason, note].filter(Boolean).join('; ') } : attempt;
}

/** A service account keeps what only the cluster has. */
function changesWhatExists({ policies }: RefusedCreateWork, groupResource: string): boolean {
  return groupResource !== 'serviceaccounts' && !['skip', 'fail'].includes(policies.of(groupResource));
}

function refused(status: KubeStatus, groupResource: string): Attempt {
  return { refusal: refusalOf(status, groupResource) };
}
