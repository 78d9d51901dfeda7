import { objectPath } from '../../cluster/api-path';
import type { ApiResource } from '../../cluster/api-resource';
import type { KubeObject } from '../../cluster/kube-object';
import type { KubeStatus } from '../../cluster/status';
import { serializeDocument } from '../document';
import { differences } from '../transform/compare';
import type { ResetContext } from '../transform/kind-resets';
import { mergePatch } from '../transform/merge-patch';
import { prepare } from '../transform/prepare';
import { restoreLabel } from '../transform/restore-labels';
import type { Attempt } from './attempt';
import type { RestoreWork } from './restore-work';
import { serviceAccountPatch } from './service-account-patch';

/** The cluster's own copy of an object that was to be created, and the place of it. */
export interface Place {
  resource: ApiResource;
  groupResource: string;
  namespace?: string;
  name: string;
}

/** True when this restore made it: in an earlier attempt, or by a request whose answer was lost. */
export function madeByThisRestore(live: KubeObject, labels: Record<string, string>): boolean {
  return live.metadata.labels?.[restoreLabel] === labels[restoreLabel];
}

/** What holds an object that is being deleted; undefined when it is not. */
export function beingDeleted(live: KubeObject): string | undefined {
  if (live.metadata.deletionTimestamp === undefined) return undefined;
  const finalizers = live.metadata.finalizers ?? [];
  return finalizers.length > 0
    ? `it is still being deleted and waits for the finalizers ${finalizers.join(', ')}`
    : 'it is still being deleted';
}

/**
 * Meets an object that exists (pkg/restore; velero.md §3.6): left alone and compared, a service account merged, or with
 * the policy `update` patched to what the backup holds. `wanted` and `live` are changed.
 */
export async function meetExisting(
  work: RestoreWork,
  place: Place,
  wanted: KubeObject,
  live: KubeObject,
  context: ResetContext,
): Promise<Attempt> {
  if (place.groupResource === 'csidrivers.storage.k8s.io') {
    return { outcome: 'skipped', reason: 'the driver is installed' };
  }
  if (place.groupResource === 'serviceaccounts') {
    const patch = serviceAccountPatch(wanted, live);
    if (!patch) return { outcome: 'same' };
    return patched(await send(work, place, patch), 'missing secrets, labels and annotations were added');
  }
  const present = prepare(place.groupResource, live, { ...context, mapped: (namespace) => namespace }, {});
  delete present.metadata.managedFields;
  delete wanted.metadata.managedFields;
  const paths = differences(wanted, present);
  if (paths.length === 0) return { outcome: 'same' };
  if (work.spec.existingResourcePolicy !== 'update')
    return { outcome: 'different', reason: paths.join(', ') };
  return update(work, place, wanted, present, paths);
}

async function update(
  work: RestoreWork,
  place: Place,
  wanted: KubeObject,
  present: KubeObject,
  paths: string[],
): Promise<Attempt> {
  const patch = mergePatch(wanted, present);
  if (!patch) return { outcome: 'same' };
  const refused = await send(work, place, patch);
  if (!refused) return { outcome: 'updated', reason: paths.join(', ') };
  // Velero: an immutable field is in the way; at least the labels say which restore saw it.
  const labels = await send(work, place, { metadata: { labels: work.labels } });
  if (labels) return { outcome: 'failed', reason: `it could not be updated: ${refused.message}` };
  return { outcome: 'different', reason: `${paths.join(', ')}; it could not be updated: ${refused.message}` };
}

function patched(refused: KubeStatus | undefined, reason: string): Attempt {
  if (!refused) return { outcome: 'updated', reason };
  return { outcome: 'failed', reason: `it could not be merged: ${refused.message}` };
}

async function send(work: RestoreWork, place: Place, patch: object): Promise<KubeStatus | undefined> {
  const path = objectPath(place.resource, place.namespace, place.name);
  const answer = await work.calls.call('PATCH', path, serializeDocument(patch));
  return answer.accepted ? undefined : answer.status;
}
