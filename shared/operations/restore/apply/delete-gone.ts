import { objectPath } from '../../../platform/kubernetes/api-path';
import { type ApiResource, groupResource } from '../../../platform/kubernetes/api-resource';
import { heldDependents, type DependentsWork } from './owners/dependents';
import { forEachParallel } from './pace/parallel';
import { placeName } from '../../../formats/manifests/object-name';
import { placeOf } from '../convert/copy-place';
import { restoreOrder } from '../decide/order';
import { resolveResourceNames } from '../decide/resource-names';
import { subjectOf } from '../report/outcome';
import { type BackupScope, backupScope } from '../replica/backup-scope';
import { type LabelledObject, labelledObjects } from '../replica/labelled-objects';
import { markOf } from '../replica/marks';
import { markAnnotation } from '../transform/mark-names';
import type { ReplicaWork } from '../replica/replica-work';
import type { ConflictPolicies } from '../decide/existing/conflict-policies';
import type { Lease } from '../../../formats/state/leases/lease-types';
import type { Report } from '../report/report';
import type { Selection } from '../decide/selection';

/** What a mirror deletes with. */
export interface DeleteGoneWork extends DependentsWork {
  lease: Lease;
  report: Report;
  policies: ConflictPolicies;
  selection: Selection;
  replicaWork?: ReplicaWork;
}

/** What takes other things with it when it goes: it stays, and a person decides. */
const never = new Set([
  'namespaces',
  'customresourcedefinitions.apiextensions.k8s.io',
  'persistentvolumes',
  'persistentvolumeclaims',
]);

/**
 * Deletes what the rule created in the target and the source no longer has. An object goes only if all of this holds:
 * - the backup is complete, proved, and not suspect, and its restore failed with nothing
 * - it carries the rule's label, and a mark that binds the label to this very object of this cluster
 * - no controller owns it, and it owns no claim, volume or Secret, which would go with it
 * - the filters of the backup and of the rule take its kind and its namespace, and the backup holds that namespace itself
 * - no object of the backup lies where it came from
 * - it is the object that was looked at: deleted by uid and resourceVersion
 */
export async function deleteGone(work: DeleteGoneWork, workers: number): Promise<void> {
  const { replicaWork, report } = work;
  const mirror = replicaWork?.replica.mirror;
  if (!replicaWork || !mirror) return;
  const resolve = (names: string[] | undefined) => resolveResourceNames(names, work.target.resources);
  const scope = backupScope(mirror.backupSpec, resolve);
  // An entry of the archive that cannot be read is an error without an outcome: the source may have that object.
  const failed = report.counts.failed || report.results.counts.errors > 0;
  const doubt = mirror.doubt ?? scope.reason ?? (failed ? 'some objects could not be restored' : undefined);
  if (doubt !== undefined) {
    report.warn(`nothing is deleted that the source may no longer have: ${doubt}`);
    return;
  }
  report.phase('InProgress', 'deleting what the source no longer has');
  const resources = deletable(work);
  for (const group of restoreOrder(resources.keys()).reverse()) {
    await work.lease.renew();
    const gone: LabelledObject[] = [];
    await forEachParallel(group, workers, async (name) => {
      const resource = resources.get(name);
      // The order names the defaults of a kind apart; they are listed with the rest of it.
      if (!resource) return;
      for await (const one of labelledObjects(work, resource, replicaWork.replica.label)) {
        if (isGone(work, replicaWork, scope, one)) gone.push(one);
      }
    });
    await forEachParallel(gone, workers, (one) => deleteOne(work, one));
  }
}

/** The resources that can be listed and deleted, each in the version that the target prefers. */
function deletable(work: DeleteGoneWork): Map<string, ApiResource> {
  const resources = new Map<string, ApiResource>();
  for (const resource of work.target.resources) {
    const name = groupResource(resource);
    if (never.has(name) || !['list', 'delete'].every((verb) => resource.verbs.includes(verb))) continue;
    if (!resources.has(name) || resource.preferred) resources.set(name, resource);
  }
  return resources;
}

function isGone(
  work: DeleteGoneWork,
  { replica, present }: ReplicaWork,
  scope: BackupScope,
  { resource, metadata }: LabelledObject,
): boolean {
  const { name, namespace } = metadata;
  const place = { groupResource: groupResource(resource), namespace, name };
  const marked = metadata.annotations?.[markAnnotation];
  const from = namespace === undefined ? [undefined] : work.selection.sourcesOf(namespace);
  const at = from.findIndex((one) => marked === markOf(replica, place, one));
  if (at < 0) return false;
  const source = from[at];
  if (metadata.deletionTimestamp !== undefined) return false;
  if (work.policies.keeps({ metadata })) return false;
  if (metadata.ownerReferences?.some((owner) => owner.controller)) return false;
  if (work.selection.resourceLeftOut(place.groupResource) !== undefined) return false;
  if (!scope.resource(place.groupResource, resource.namespaced)) return false;
  const judged =
    source === undefined
      ? work.selection.clusterScopedLeftOut === undefined
      : scope.namespace(source) &&
        work.selection.namespaceLeftOut(source) === undefined &&
        present.has(placeOf({ groupResource: 'namespaces', name: source }));
  return judged && !present.has(placeOf({ ...place, namespace: source }));
}

async function deleteOne(work: DeleteGoneWork, { resource, metadata }: LabelledObject): Promise<void> {
  const { name, namespace, uid, resourceVersion } = metadata;
  const subject = subjectOf(resource, metadata);
  const held = await heldDependents(work, subject, { metadata });
  if (held !== undefined) {
    work.report.warn(
      `${subject.groupResource} ${placeName(subject)} stays, because ${held}`,
      namespace ?? '',
    );
    return;
  }
  const answer = await work.calls.delete(objectPath(resource, namespace, name), {
    propagationPolicy: 'Background',
    preconditions: { uid, resourceVersion },
  });
  if (answer.accepted || answer.status.code === 404) {
    work.report.outcome(subject, 'deleted', 'the source no longer has it');
  } else if (answer.status.code === 409) {
    work.report.warn(
      `${subject.groupResource} ${name} changed while it was to be deleted; it stays`,
      namespace ?? '',
    );
  } else {
    work.report.outcome(subject, 'failed', `it could not be deleted: ${answer.status.message}`);
  }
}
