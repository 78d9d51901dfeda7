import { objectPath } from '../../cluster/api-path';
import { apiVersion, groupResource as groupResourceOf } from '../../cluster/api-resource';
import type { KubeObject } from '../../cluster/kube-object';
import type { ApiResponse } from '../../cluster/port';
import type { KubeStatus } from '../../cluster/status';
import { isKind } from '../../errors';
import { placeName } from '../../manifests/object-name';
import type { ArchivedItem } from '../../vault/archive/archive-types';
import { replacementOf } from '../convert/gone';
import { copyDocument, parseDocument } from '../document';
import { type ObjectTrace, staged } from '../plan/object-trace';
import { volumeFate } from '../plan/volume-fate';
import type { Outcome, Subject } from '../report/outcome';
import { convertToServed, type ServedObject } from '../transform/convert-version';
import { type FieldOwner, fieldOwnership, hasApplied, unitedOwners } from '../transform/field-owners';
import type { ResetContext } from '../transform/kind-resets';
import { keepMarks, mark } from '../replica/marks';
import { asItIs } from '../transform/map-namespace';
import { prepare } from '../transform/prepare';
import { dropAddress } from '../transform/service';
import { type Aftermath, afterCreate, setFieldOwners } from './after-create';
import type { Attempt } from './attempt';
import { claimVolume } from './claim-volume';
import { deletionRefusal } from './being-deleted';
import { meetExisting } from './existing-object';
import { parseItem } from '../check/check-archive';
import type { Place } from './place';
import { refusalOf } from './refusal';
import type { RestoreWork } from './restore-work';
import { hasStatusApart, isPlainStatus } from './status-apart';
import { createKeepingAddress } from './keep-address';
import { withoutItsAccount } from './token-account';

/**
 * One try at one object: conversion, resets, create, and what a refusal means. Changes `object`, and `subject` where the
 * object goes to another version.
 */
export async function createObject(
  work: RestoreWork,
  item: ArchivedItem,
  object: KubeObject,
  subject: Subject,
): Promise<Attempt> {
  const trace = work.details?.trace();
  const served = staged(trace, 'version', object, () =>
    convertToServed(item.groupResource, object, (name) => work.target.versions(name)),
  );
  if (!served) return notServed(work, item, subject);
  subject.apiVersion = apiVersion(served.resource);
  subject.groupResource = groupResourceOf(served.resource);
  const mentions = work.unmapped.of(subject.groupResource, object);
  const attempt = await createServed(work, item, object, subject, served, trace);
  if ('refusal' in attempt) {
    return trace?.changes.length
      ? { ...attempt, detail: { changes: trace.changes, ...attempt.detail } }
      : attempt;
  }
  const { outcome, reason, detail } = attempt;
  if (outcome === 'created' && subject.groupResource === 'namespaces') work.madeNamespaces.add(subject.name);
  const isThere = outcome !== 'skipped' && outcome !== 'failed' && outcome !== 'drifted';
  const unmapped = isThere ? work.unmapped.note(subject, object, mentions) : [];
  // What is the same already was changed by nobody.
  const changes = outcome !== 'same' && trace?.changes.length ? trace.changes : undefined;
  return {
    ...attempt,
    reason: served.converted ? [served.converted, reason].filter(Boolean).join('; ') : reason,
    detail:
      changes || detail || unmapped.length > 0
        ? { ...(changes && { changes }), ...(unmapped.length > 0 && { unmapped }), ...detail }
        : undefined,
  };
}

async function createServed(
  work: RestoreWork,
  item: ArchivedItem,
  object: KubeObject,
  subject: Subject,
  served: ServedObject,
  trace: ObjectTrace | undefined,
): Promise<Attempt> {
  const { groupResource } = subject;
  const leftOut = work.transformer.leavesOut(groupResource);
  if (leftOut) return { outcome: 'skipped', reason: leftOut };
  if (groupResource === 'persistentvolumes') {
    const fate = volumeFate(item.name, work.facts.volumes.get(item.name), work.volumeInfo);
    if (!fate.restore) return { outcome: 'skipped', reason: fate.reason };
  }
  const claim = groupResource === 'persistentvolumeclaims' ? await claimVolume(work, item) : undefined;
  const aftermath: Aftermath = {
    oldUid: object.metadata.uid,
    references: object.metadata.ownerReferences ?? [],
    status:
      hasStatusApart(served.resource) && work.statuses.wanted(groupResource, object)
        ? object.status
        : undefined,
    claim,
  };
  const keepsStatus = isPlainStatus(served.resource) && !work.statuses.unwanted(groupResource, object);
  const ownership = fieldOwnership(groupResource, object, {
    withStatus: keepsStatus || aftermath.status !== undefined,
  });
  aftermath.owners = ownership.entries;
  const context: ResetContext = {
    preserveNodePorts: work.spec.preserveNodePorts ?? false,
    mapped: work.selection.renamed.sources.size > 0 ? (name) => work.selection.mapped(name) : asItIs,
    keepVolumeName: claim?.keepVolumeName ?? false,
    keepAddress: true,
    keepsStatus,
    cronTimeZones: work.target.isAtLeast(25),
  };
  const transform = () => {
    const way = {
      groupResource,
      archivedAs: item.groupResource,
      object,
      keepsVolume: context.keepVolumeName,
    };
    for (const fault of work.transformer.apply(way, trace)) {
      const message = `${groupResource}/${placeName(item)}: ${fault}`;
      // An object that is tried again is told of once.
      if (!work.told.has(message)) work.report.error(message, subject.namespace ?? '');
      work.told.add(message);
    }
  };
  const wanted = prepare(groupResource, object, context, work.labels, { trace, transform });
  delete wanted.metadata.managedFields;
  subject.name = wanted.metadata.name;
  // Owners that are known already spare the second pass.
  const { known, unknown } = work.owners.resolve(aftermath.references);
  if (known.length > 0 && unknown.length === 0) {
    wanted.metadata.ownerReferences = known;
    aftermath.references = [];
  }
  const place: Place = {
    resource: served.resource,
    groupResource,
    namespace: subject.namespace,
    name: subject.name,
  };
  const tokenless = await withoutItsAccount(work, item, wanted);
  if (tokenless) return tokenless;
  if (work.replicaWork) mark(wanted, work.replicaWork.replica, place, item.namespace);
  work.forecast?.see(place, wanted);
  const drift = await driftBefore(work, place);
  if (drift) return { outcome: 'drifted', reason: drift };
  const { answer, ownersSet, note } = await createKeepingAddress(work, place, wanted, ownership);
  if (answer.accepted) {
    work.forecast?.makes(place, wanted);
    if (ownersSet) aftermath.owners = undefined;
    const live = madeBy(answer.response);
    await work.done.note('created', live?.metadata.uid, item);
    const notes = [note, await afterCreate(work, place, live, aftermath)].filter(Boolean);
    return { outcome: 'created', reason: notes.join('; ') || undefined };
  }
  if (answer.ambiguous || answer.status.reason === 'NoAnswer') work.done.unanswered(item);
  return meet(work, item, place, wanted, { context, aftermath, refusal: answer.status });
}

/** What the API server says of the object that it made; undefined where it says nothing of it. */
function madeBy({ body }: ApiResponse): KubeObject | undefined {
  try {
    return parseDocument(body, 'the answer to a create');
  } catch (error) {
    if (isKind(error, 'corrupt')) return undefined;
    throw error;
  }
}

/** What a plan shows otherwise of an object that may have to be made; undefined where nothing, or nothing is planned. */
async function driftBefore({ guard, calls }: RestoreWork, place: Place): Promise<string | undefined> {
  if (!guard) return undefined;
  const { drift, wasThere } = guard.beforeCreate(place);
  if (drift || !wasThere) return drift;
  const { object, status } = await calls.read(objectPath(place.resource, place.namespace, place.name));
  return object || status ? undefined : 'it was there when the plan was made, and is gone';
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
 * What a refused create means. The refusal may come before the API server looks at the name: from a quota, a webhook, a
 * policy, or because the kind cannot be created. So one read tells whether the object is there.
 */
async function meet(
  work: RestoreWork,
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
async function learnAnew(work: RestoreWork, place: Place, oldUid: string | undefined): Promise<void> {
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
  work: RestoreWork,
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
function changesWhatExists({ policies }: RestoreWork, groupResource: string): boolean {
  return groupResource !== 'serviceaccounts' && !['skip', 'fail'].includes(policies.of(groupResource));
}

function notServed(work: RestoreWork, item: ArchivedItem, subject: Subject): Attempt {
  const gone = replacementOf(item.groupResource);
  if (gone) {
    work.report.warn(`${item.groupResource} ${item.name}: ${gone}`, subject.namespace ?? '');
    return { outcome: 'skipped', reason: gone };
  }
  const kind = `${subject.apiVersion} ${subject.kind}`;
  const definition = {
    groupResource: 'customresourcedefinitions.apiextensions.k8s.io',
    name: item.groupResource,
  };
  const remedy = work.refused.has(definition)
    ? 'its CRD could not be restored, see there'
    : 'install what defines it, or restore its CRD too';
  return {
    refusal: {
      reason: `the cluster does not serve ${kind}: ${remedy}`,
      cause: `not served: ${kind}`,
      cure: 'restore',
      meetsAll: true,
    },
  };
}

function refused(status: KubeStatus, groupResource: string): Attempt {
  return { refusal: refusalOf(status, groupResource) };
}
