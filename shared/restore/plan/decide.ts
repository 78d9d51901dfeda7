import type { KubeObject } from '../../cluster/kube-object';
import type { ItemRef } from '../../vault/archive-types';
import type { ArchiveFacts } from '../check/archive-facts';
import { managedByCluster } from './managed-by-cluster';
import type { Selection } from './selection';

/** What is to become of an object of the archive, before the cluster is asked anything. */
export type Decision =
  | { restore: true }
  /** Not asked for: not part of this restore at all. */
  | { restore: false; asked: false; reason: string }
  /** Asked for, and left out for a reason that the report gives. */
  | { restore: false; asked: true; reason: string };

/** Controllers make these again from their own templates. */
const madeByControllers = new Set(['pods', 'replicasets.apps', 'jobs.batch', 'controllerrevisions.apps']);

const snapshots = /^volume(group)?snapshot(content)?s\.(groupsnapshot|snapshot)\.storage\.k8s\.io$/;

/** Decides from the archive alone; `serves` says whether the target serves a group-resource. */
export function decide(
  item: ItemRef,
  object: KubeObject,
  facts: ArchiveFacts,
  selection: Selection,
  serves: (groupResource: string) => boolean,
): Decision {
  const unasked = notAskedFor(item, object, facts, selection);
  if (unasked) return { restore: false, asked: false, reason: unasked };
  const reason =
    managedByCluster(item, object, facts) ??
    (snapshots.test(item.groupResource) ? 'volume snapshots are not restored yet' : undefined) ??
    copyOfAnother(item, object, facts, serves) ??
    madeByItsController(item, object, facts);
  return reason ? { restore: false, asked: true, reason } : { restore: true };
}

/** The spec's filters; a claim brings its volume, and a pod its claims, past the label selectors (Velero's additional items). */
function notAskedFor(
  item: ItemRef,
  object: KubeObject,
  facts: ArchiveFacts,
  selection: Selection,
): string | undefined {
  if (
    item.groupResource === 'persistentvolumes' &&
    facts.claimedVolumes.has(item.name) &&
    selection.bringsRelated
  ) {
    return selection.resourceLeftOut(item.groupResource);
  }
  if (
    item.groupResource === 'persistentvolumeclaims' &&
    facts.mountedClaims.has(`${item.namespace}/${item.name}`)
  ) {
    return selection.scopeLeftOut(item);
  }
  // A namespace that something asked for lies in is made from its own object, labels or not.
  if (item.groupResource === 'namespaces' && facts.neededNamespaces.has(item.name)) return undefined;
  return selection.leftOut(item, object);
}

/** Velero stores an object of an old cluster once for each group that serves it; the copy that needs no conversion is restored. */
function copyOfAnother(
  item: ItemRef,
  object: KubeObject,
  facts: ArchiveFacts,
  serves: (groupResource: string) => boolean,
): string | undefined {
  const copies = object.metadata.uid ? facts.copies.get(object.metadata.uid) : undefined;
  if (!copies) return undefined;
  const chosen =
    copies.find((one) => serves(one) && !one.endsWith('.extensions')) ?? copies.find(serves) ?? copies[0]!;
  return chosen === item.groupResource ? undefined : `the same object is restored as ${chosen}`;
}

function madeByItsController(item: ItemRef, object: KubeObject, facts: ArchiveFacts): string | undefined {
  if (!madeByControllers.has(item.groupResource)) return undefined;
  const controller = object.metadata.ownerReferences?.find((owner) => owner.controller);
  if (!controller || !facts.restoredOwners.has(controller.uid)) return undefined;
  return `its controller ${controller.kind} ${controller.name} makes it again`;
}
