import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { finishedKinds } from '../../formats/manifests/finished-kinds';
import { managedByCluster } from '../restore/decide/managed-by-cluster';
import type { ItemRef } from '../../formats/vault/archive-types';

const nothingAround = { selectingServices: new Set<string>(), finished: finishedKinds() };

/**
 * False for what a cluster or a controller makes by itself: events, leases, default roles, and whatever has a controller for
 * its owner, as the pods of a Deployment have. Such objects come and go, and say nothing of what people wanted.
 */
export function madeByPeople(item: ItemRef, object: KubeObject): boolean {
  if (object.metadata.ownerReferences?.some(({ controller }) => controller === true)) return false;
  if (item.groupResource === 'endpoints') return false;
  return managedByCluster(item, object, nothingAround) === undefined;
}
