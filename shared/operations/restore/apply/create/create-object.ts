import { objectPath } from '../../../../platform/kubernetes/api-path';
import { apiVersion, groupResource as groupResourceOf } from '../../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { ApiResponse } from '../../../../platform/kubernetes/port';
import { isKind } from '../../../../platform/errors';
import type { ArchivedItem } from '../../../../formats/vault/archive-types';
import { replacementOf } from '../../convert/gone';
import { parseDocument } from '../../document/document';
import { staged } from '../../transform/object-trace';
import { volumeFate } from '../../decide/volume-fate';
import type { Detail, Subject } from '../../report/outcome';
import { convertToServed } from '../../transform/convert-version';
import { mark } from '../../replica/marks';
import { withOthersAccount, type OthersAccountsWork } from './others-accounts';
import { afterCreate } from './after-create';
import type { Attempt } from '../refused/attempt';
import { type ClaimVolume, claimVolume, type ClaimWork } from './claim-volume';
import { snapshotLine } from '../../../volumes/handles/saved-snapshot';
import { bringSnapshot } from '../snapshots/bring-snapshot';
import { meetRefusedCreate, type RefusedCreateWork } from './meet-refused-create';
import { type Draft, type DraftWork, draftOf, type OnItsWay } from './draft';
import { createKeepingAddress } from './keep-address';
import { withoutItsAccount, type TokenAccountWork } from './token-account';
import type { UnmappedNamespaces } from '../../report/unmapped-namespaces';

/** What an object is created with. */
export interface CreateWork
  extends DraftWork,
    RefusedCreateWork,
    ClaimWork,
    TokenAccountWork,
    OthersAccountsWork {
  /** What names a mapped namespace where no mapping applies. */
  unmapped: UnmappedNamespaces;
}

/**
 * One try at one object: conversion, resets, create, and what a refusal means. Changes `object`, and `subject` where the
 * object goes to another version or name.
 */
export async function createObject(
  work: CreateWork,
  item: ArchivedItem,
  object: KubeObject,
  subject: Subject,
): Promise<Attempt> {
  const trace = work.observer.trace(item.groupResource);
  const served = staged(trace, 'version', object, () =>
    convertToServed(item.groupResource, object, (name) => work.target.versions(name)),
  );
  if (!served) return notServed(work, item, subject);
  subject.apiVersion = apiVersion(served.resource);
  subject.groupResource = groupResourceOf(served.resource);
  const mentions = work.unmapped.of(subject.groupResource, object);
  const attempt = await createServed(work, { item, object, subject, served, trace });
  const changes = trace?.changes.length ? trace.changes : undefined;
  if ('refusal' in attempt) {
    return changes ? { ...attempt, detail: { changes, ...attempt.detail } } : attempt;
  }
  const { outcome, reason, detail } = attempt;
  if (outcome === 'created' && subject.groupResource === 'namespaces') work.namespaces.made.add(subject.name);
  const isThere = outcome !== 'skipped' && outcome !== 'failed' && outcome !== 'drifted';
  const unmapped = isThere ? work.unmapped.note(subject, object, mentions) : [];
  const shown: Detail = {
    // What is the same already was changed by nobody.
    ...(changes && outcome !== 'same' && { changes }),
    ...(unmapped.length > 0 && { unmapped }),
    ...detail,
  };
  return {
    ...attempt,
    reason: served.converted ? [served.converted, reason].filter(Boolean).join('; ') : reason,
    detail: detail || Object.keys(shown).length > 0 ? shown : undefined,
  };
}

async function createServed(work: CreateWork, way: OnItsWay): Promise<Attempt> {
  const { item, subject } = way;
  const leftOut = reasonToLeaveOut(work, way);
  if (leftOut) return { outcome: 'skipped', reason: leftOut };
  const isClaim = subject.groupResource === 'persistentvolumeclaims';
  const volume = isClaim ? await claimVolume(work, item) : undefined;
  const draft = draftOf(work, way, volume);
  const { place, wanted } = draft;
  subject.name = place.name;
  const hindered =
    (await withoutItsAccount(work, item, wanted)) ?? (await withOthersAccount(work, item, wanted));
  if (hindered) return hindered;
  if (work.replicaWork) mark(wanted, work.replicaWork.replica, place, item.namespace);
  const drift = await driftBefore(work, draft);
  if (drift) return { outcome: 'drifted', reason: drift };
  if (!volume) return send(work, item, draft);
  const brought =
    volume.from === 'new' && volume.saved
      ? await bringSnapshot(work, place, wanted, volume.saved, way.trace)
      : undefined;
  if (brought && 'refusal' in brought) return brought;
  const claim = brought ? { keepVolumeName: false, saved: volume.saved, lost: brought.lost } : volume;
  draft.aftermath.claim = claim;
  return withVolume(await send(work, item, draft), claim);
}

/** What an outcome says of the data of a claim. */
function withVolume(attempt: Attempt, { kept, saved, from }: ClaimVolume): Attempt {
  if ('refusal' in attempt) return attempt;
  const { outcome, reason, detail } = attempt;
  if (outcome !== 'created') return kept ? { ...attempt, reason: joined(reason, kept) } : attempt;
  if (!saved) return attempt;
  const { namespace, claim, handle, driver, size, taken } = saved;
  const snapshot = {
    claim: `${namespace}/${claim}`,
    handle,
    driver,
    ...(size !== undefined && { size }),
    ...(taken !== undefined && { taken }),
    restored: from !== undefined,
  };
  const source = from && `its data comes from ${snapshotLine(saved)}`;
  return { ...attempt, reason: joined(reason, source), detail: { ...detail, snapshot } };
}

function joined(...clauses: (string | undefined)[]): string | undefined {
  return clauses.filter(Boolean).join('; ') || undefined;
}

/** What the request or the volume itself leaves out whatever the target has. */
function reasonToLeaveOut(
  { transformer, facts, snapshots }: CreateWork,
  { item, subject: { groupResource } }: OnItsWay,
): string | undefined {
  const leftOut = transformer.leavesOut(groupResource);
  if (leftOut || groupResource !== 'persistentvolumes') return leftOut;
  const fate = volumeFate(facts.volumes.get(item.name), snapshots.saved.ofVolume(item.name));
  return fate.restore ? undefined : fate.reason;
}

async function send(work: CreateWork, item: ArchivedItem, draft: Draft): Promise<Attempt> {
  const { place, wanted, context, ownership, aftermath } = draft;
  const { answer, ownersSet, note } = await createKeepingAddress(work, place, wanted, ownership);
  if (!answer.accepted) {
    if (answer.ambiguous || answer.status.reason === 'NoAnswer') work.done.unanswered(item);
    return meetRefusedCreate(work, item, place, wanted, { context, aftermath, refusal: answer.status });
  }
  work.observer.creates(place, wanted);
  const live = madeBy(answer.response);
  await work.done.note('created', live?.metadata.uid, item);
  const following = ownersSet ? { ...aftermath, owners: undefined } : aftermath;
  const notes = [note, await afterCreate(work, place, live, following)].filter(Boolean);
  return { outcome: 'created', reason: notes.join('; ') || undefined };
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
async function driftBefore(
  { observer, calls }: CreateWork,
  { place, wanted }: Draft,
): Promise<string | undefined> {
  const { drift, wasThere } = observer.beforeCreate(place, wanted);
  if (drift || !wasThere) return drift;
  const { object, status } = await calls.read(objectPath(place.resource, place.namespace, place.name));
  return object || status ? undefined : 'it was there when the plan was made, and is gone';
}

function notServed(work: CreateWork, item: ArchivedItem, subject: Subject): Attempt {
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
