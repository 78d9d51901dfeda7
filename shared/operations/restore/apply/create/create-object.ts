import { objectPath } from '../../../../platform/kubernetes/api-path';
import { apiVersion, groupResource as groupResourceOf } from '../../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { ApiResponse } from '../../../../platform/kubernetes/port';
import { isKind } from '../../../../platform/errors';
import { placeName } from '../../../../formats/manifests/object-name';
import type { ArchivedItem } from '../../../../formats/vault/archive-types';
import { replacementOf } from '../../convert/gone';
import { parseDocument } from '../../document/document';
import { type ObjectTrace, staged } from '../../transform/object-trace';
import { volumeFate } from '../../decide/volume-fate';
import type { Subject } from '../../report/outcome';
import { convertToServed, type ServedObject } from '../../transform/convert-version';
import { fieldOwnership } from '../../transform/field-owners';
import type { ResetContext } from '../../transform/kind-resets';
import { mark } from '../../replica/marks';
import { withOthersAccount } from './others-accounts';
import { asItIs } from '../../transform/map-namespace';
import { prepare } from '../../transform/prepare';
import { type Aftermath, afterCreate } from './after-create';
import type { Attempt } from '../refused/attempt';
import { claimVolume } from './claim-volume';
import { meetRefusedCreate } from './meet-refused-create';
import type { Place } from '../../target/place';
import type { RestoreWork } from '../restore-work';
import { hasStatusApart, isPlainStatus } from '../existing/status-apart';
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
  const trace = work.details?.trace(item.groupResource);
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
  const borrowing = await withOthersAccount(work, item, wanted);
  if (borrowing) return borrowing;
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
  return meetRefusedCreate(work, item, place, wanted, { context, aftermath, refusal: answer.status });
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
