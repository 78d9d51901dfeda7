import { collectionPath, objectPath, withQuery } from '../../cluster/api-path';
import type { KubeObject } from '../../cluster/kube-object';
import type { KubeStatus } from '../../cluster/status';
import { copyDocument, serializeDocument } from '../document';
import { type ExistingDecision, decideExisting, pathsOf } from '../plan/decide-existing';
import type { ResetContext } from '../transform/kind-resets';
import { prepare } from '../transform/prepare';
import { restoreLabel } from '../transform/restore-labels';
import type { Attempt } from './attempt';
import type { Place } from './place';
import type { RestoreWork } from './restore-work';

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
 * Meets an object that exists (pkg/restore; velero.md §3.6): compares, decides by the policy, and carries the decision out
 * where a plan does not show another. `wanted` and `live` are changed.
 */
export async function meetExisting(
  work: RestoreWork,
  place: Place,
  wanted: KubeObject,
  live: KubeObject,
  context: ResetContext,
): Promise<Attempt> {
  const { policies, guard, details } = work;
  const { uid, resourceVersion } = live.metadata;
  const before = copyDocument(live);
  const present = prepare(place.groupResource, live, { ...context, mapped: (namespace) => namespace }, {});
  delete present.metadata.managedFields;
  delete wanted.metadata.managedFields;
  // The cluster's copy is compared without its owners.
  const { ownerReferences } = wanted.metadata;
  delete wanted.metadata.ownerReferences;
  const kept = policies.keeps(before);
  const isBare = place.groupResource === 'namespaces' && work.bareNamespaces.has(place.name);
  const decide = (left: KubeObject, right: KubeObject): ExistingDecision =>
    isBare
      ? { action: 'same' }
      : decideExisting(place.groupResource, left, right, policies.of(place.groupResource), kept);
  const decision = decide(wanted, present);
  const detail = details?.ofDecision(wanted, present, decide, resourceVersion);
  const drift = guard?.driftOfExisting(place, decision, detail);
  if (drift) return { outcome: 'drifted', reason: drift, detail };
  if (ownerReferences) wanted.metadata.ownerReferences = ownerReferences;
  const attempt = await carryOut(work, place, decision, { wanted, before, uid, resourceVersion });
  return { ...attempt, detail };
}

interface Copies {
  wanted: KubeObject;
  /** The cluster's, as it was found. */
  before: KubeObject;
  uid?: string;
  resourceVersion?: string;
}

async function carryOut(
  work: RestoreWork,
  place: Place,
  decision: ExistingDecision,
  copies: Copies,
): Promise<Attempt> {
  switch (decision.action) {
    case 'same':
      return { outcome: 'same' };
    case 'skip':
      return { outcome: 'skipped', reason: decision.reason };
    case 'conflict':
      return { outcome: 'different', reason: pathsOf(decision.diff) };
    case 'fail':
      return { outcome: 'failed', reason: decision.reason };
    case 'patch':
      return update(work, place, decision);
    case 'recreate':
      return recreate(work, place, pathsOf(decision.diff), copies);
  }
}

async function update(
  work: RestoreWork,
  place: Place,
  { patch, diff, reason }: Extract<ExistingDecision, { action: 'patch' }>,
): Promise<Attempt> {
  const refused = await send(work, place, patch);
  if (!refused) return { outcome: 'updated', reason: reason ?? pathsOf(diff) };
  if (reason) return { outcome: 'failed', reason: `it could not be merged: ${refused.message}` };
  // Velero: an immutable field is in the way; at least the labels say which restore saw it.
  const labels = await send(work, place, { metadata: { labels: work.labels } });
  if (labels) return { outcome: 'failed', reason: `it could not be updated: ${refused.message}` };
  return {
    outcome: 'different',
    reason: `${pathsOf(diff)}; it could not be updated: ${refused.message}`,
  };
}

/**
 * Deletes the very object that was looked at and makes it again: the create before has shown that the API server takes it.
 * What cannot be made after all is put back as it was.
 */
async function recreate(
  work: RestoreWork,
  place: Place,
  paths: string,
  { wanted, before, uid, resourceVersion }: Copies,
): Promise<Attempt> {
  const path = objectPath(place.resource, place.namespace, place.name);
  const body = JSON.stringify({ preconditions: { uid, resourceVersion } });
  const deletion = await work.calls.call(
    'DELETE',
    withQuery(path, { propagationPolicy: 'Background' }),
    body,
  );
  if (!deletion.accepted && deletion.status.code !== 404) {
    return { outcome: 'failed', reason: `it could not be deleted: ${deletion.status.message}` };
  }
  const held = await waitUntilGone(work, path);
  if (held) return { outcome: 'failed', reason: held };
  const collection = collectionPath(place.resource, place.namespace);
  const made = await work.calls.call('POST', collection, serializeDocument(wanted));
  if (made.accepted) return { outcome: 'recreated', reason: paths };
  const { ownerReferences } = before.metadata;
  const old = prepare(
    '',
    before,
    { preserveNodePorts: true, mapped: (one) => one, keepVolumeName: true },
    {},
  );
  // They are the cluster's own, and there still.
  if (ownerReferences) old.metadata.ownerReferences = ownerReferences;
  const back = await work.calls.call('POST', collection, serializeDocument(old));
  const rest = back.accepted ? 'the one before is back' : `nor the one before: ${back.status.message}`;
  return {
    outcome: 'failed',
    reason: `it was deleted and could not be made again: ${made.status.message}; ${rest}`,
  };
}

/** What still holds the object when patience ends; undefined when it is gone. */
async function waitUntilGone(work: RestoreWork, path: string): Promise<string | undefined> {
  const { clock, lease } = work.job;
  const deadline = clock.monotonic() + work.patience.refusals;
  for (let wait = 50; ; wait = Math.min(wait * 2, 1_000)) {
    const { object, status } = await work.calls.read(path);
    if (!object && !status) return undefined;
    if (clock.monotonic() >= deadline) {
      return `it was to be deleted and made again: ${status?.message ?? beingDeleted(object!) ?? 'it is still there'}`;
    }
    await clock.sleep(wait, lease.signal);
  }
}

async function send(work: RestoreWork, place: Place, patch: object): Promise<KubeStatus | undefined> {
  const path = objectPath(place.resource, place.namespace, place.name);
  const answer = await work.calls.call('PATCH', path, serializeDocument(patch));
  return answer.accepted ? undefined : answer.status;
}
