import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { placeOf } from '../convert/copy-place';
import { movedTo } from '../convert/moved';
import { belongsToPod } from './belongs-to-pod';
import { backupLabel } from '../transform/restore-labels';
import { managedByCluster } from './managed-by-cluster';
import type { Selection } from './selection';
import type { ArchiveSurroundings, Copy } from './surroundings';

/** What is to become of an object of the archive, before the cluster is asked anything. */
export type Decision =
  | { restore: true }
  /** Not asked for: not part of this restore at all. */
  | { restore: false; asked: false; reason: string }
  /** Asked for, and left out for a reason that the report gives. */
  | { restore: false; asked: true; reason: string };

/** Whether the target serves a group-resource, at all or in one version. */
export type Serves = (groupResource: string, apiVersion?: string) => boolean;

const snapshots = /^volume(group)?snapshot(content)?s\.(groupsnapshot|snapshot)\.storage\.k8s\.io$/;

/** Decides from the archive alone, and from what the target serves; `leftToController` tells what depends on outcomes. */
export function decide(
  item: ItemRef,
  object: KubeObject,
  facts: ArchiveSurroundings,
  selection: Selection,
  serves: Serves,
): Decision {
  const unasked = notAskedFor(item, object, facts, selection);
  if (unasked) return { restore: false, asked: false, reason: unasked };
  const reason =
    managedByCluster(item, object, facts) ??
    snapshotObject(item, object) ??
    copyOfAnother(item, facts, serves) ??
    belongsToPod(item, object, facts);
  return reason ? { restore: false, asked: true, reason } : { restore: true };
}

/** Those that a backup made hold the data of claims, which get snapshot objects of their own. */
function snapshotObject({ groupResource }: ItemRef, { metadata }: KubeObject): string | undefined {
  if (!snapshots.test(groupResource)) return undefined;
  return metadata.labels?.[backupLabel] === undefined
    ? 'volume snapshots are not restored yet'
    : 'the backup made it: the claim whose data it holds gets objects of its own for that';
}

/** The spec's filters; a claim brings its volume, and a pod its claims, past the label selectors (Velero's additional items). */
function notAskedFor(
  item: ItemRef,
  object: KubeObject,
  facts: ArchiveSurroundings,
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
function copyOfAnother(item: ItemRef, facts: ArchiveSurroundings, serves: Serves): string | undefined {
  const copies = facts.copies.get(placeOf(item));
  if (!copies) return undefined;
  const chosen = bestCopy(copies, serves);
  return chosen === item.groupResource ? undefined : `the same object is restored as ${chosen}`;
}

function bestCopy(copies: readonly Copy[], serves: Serves): string {
  const isCurrent = ({ groupResource }: Copy) => movedTo(groupResource) === groupResource;
  const inOrder = [...copies.filter(isCurrent), ...copies.filter((one) => !isCurrent(one))];
  const best =
    inOrder.find((one) => serves(one.groupResource, one.apiVersion)) ??
    inOrder.find((one) => serves(one.groupResource)) ??
    inOrder[0]!;
  return best.groupResource;
}
