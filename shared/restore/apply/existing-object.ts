import type { KubeObject } from '../../cluster/kube-object';
import { mergePatch } from '../../manifests/patch/merge-patch';
import { someOf } from '../../manifests/some-of';
import type { KubeStatus } from '../../cluster/status';
import type { FieldChange } from '../../manifests/field-diff';
import type { ConflictPolicy } from '../../manifests/conflict-policy';
import { copyDocument } from '../document';
import { type ExistingDecision, decideExisting, goalOf, pathsOf } from '../plan/decide-existing';
import { lostFields } from '../plan/lost-fields';
import type { ResetContext } from '../transform/kind-resets';
import { prepareLive } from '../transform/prepare';
import type { Attempt } from './attempt';
import { dropsDifference } from './dropped-difference';
import type { Place } from './place';
import { type PartialUpdate, updateRest } from './partial-update';
import { type Copies, recreate } from './recreate';
import { refusalOf } from './refusal';
import { restrained, restraintOn } from './restraint';
import type { RestoreWork } from './restore-work';
import { sendPatch } from './send-patch';

/**
 * Meets an object that exists (pkg/restore; velero.md §3.6): compares, decides by the policy, and carries the decision out
 * where a plan does not show another. `wanted` and `live` are changed.
 *
 * @param uncreatable the result where the object would have to be deleted and made again, and its create is refused
 */
export async function meetExisting(
  work: RestoreWork,
  place: Place,
  wanted: KubeObject,
  live: KubeObject,
  { context, uncreatable }: { context: ResetContext; uncreatable?: Attempt },
): Promise<Attempt> {
  const { policies, guard, details } = work;
  const before = copyDocument(live);
  const present = prepareLive(place.groupResource, live, context);
  // The cluster's copy is compared without its owners.
  const { ownerReferences } = wanted.metadata;
  delete wanted.metadata.ownerReferences;
  const kept = policies.keeps(before);
  const isBare = place.groupResource === 'namespaces' && work.bareNamespaces.has(place.name);
  const policy = policyFor(work, place);
  const restraint = restraintOn(work, place, wanted, present);
  let isSame = isBare;
  const decide = (left: KubeObject, right: KubeObject): ExistingDecision =>
    isSame
      ? { action: 'same' }
      : restrained(decideExisting(place.groupResource, left, right, policy, kept), restraint, left, right);
  let decision = decide(wanted, present);
  if (
    await dropsDifference(work, place, decision, {
      goal: goalOf(place.groupResource, wanted, present, policy),
      present,
      context,
    })
  ) {
    isSame = true;
    decision = decide(wanted, present);
  }
  const detail = details?.ofDecision(wanted, present, decide, before.metadata.resourceVersion);
  const drift = guard?.driftOfExisting(place, decision, detail);
  if (drift) return { outcome: 'drifted', reason: drift, detail };
  if (ownerReferences) wanted.metadata.ownerReferences = ownerReferences;
  if (place.groupResource === definitions) tellOfLostFields(work, place, decision, present);
  if (decision.action === 'recreate' && uncreatable) return { ...uncreatable, detail };
  const attempt = await carryOut(work, place, decision, { wanted, before, context });
  return { ...attempt, detail };
}

/** Controllers and operators fill a new namespace with accounts, often before the restore does: those become the backup's. */
function policyFor(
  { policies, madeNamespaces }: RestoreWork,
  { groupResource, namespace }: Place,
): ConflictPolicy {
  const isOurs = groupResource === 'serviceaccounts' && madeNamespaces.has(namespace ?? '');
  return isOurs ? 'update' : policies.of(groupResource);
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** Objects of every namespace lose what an older definition does not know. */
function tellOfLostFields(
  { forecast, report }: RestoreWork,
  { name }: Place,
  decision: ExistingDecision,
  present: KubeObject,
): void {
  if (decision.action !== 'patch') return;
  const lost = lostFields(mergePatch(present, decision.patch) as KubeObject, present);
  if (lost.length === 0) return;
  forecast?.losesFields(name, lost);
  report.warn(`${definitions} ${name}: its objects lose ${someOf(lost)}`, '');
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
      return {
        outcome: 'different',
        reason: [pathsOf(decision.diff), decision.reason].filter(Boolean).join('; '),
      };
    case 'fail':
      return { outcome: 'failed', reason: decision.reason };
    case 'patch':
      return update(work, place, decision, copies.before);
    case 'recreate':
      return recreate(work, place, pathsOf(decision.diff), copies);
  }
}

async function update(
  work: RestoreWork,
  place: Place,
  { patch, diff, reason, remaining }: Extract<ExistingDecision, { action: 'patch' }>,
  present: KubeObject,
): Promise<Attempt> {
  const refused = await sendPatch(work, place, patch);
  if (!refused && remaining) {
    return { outcome: 'different', reason: `${pathsOf(remaining)}; ${reason}`, changed: true };
  }
  if (!refused) return { outcome: 'updated', reason: reason ?? pathsOf(diff) };
  const refusal = refusalOf(refused, place.groupResource);
  if (refusal.cure !== 'restore') {
    return { refusal: { ...refusal, reason: `it could not be updated: ${refused.message}` } };
  }
  const partial = await updateRest(work, place, { patch, present }, refused);
  if (partial) return updatedInPart(diff, partial, refused);
  if (reason) return { outcome: 'failed', reason: `it could not be merged: ${refused.message}` };
  return {
    outcome: 'different',
    reason: `${pathsOf(diff)}; it could not be updated: ${refused.message}`,
  };
}

/** Never a success: the object is not what the backup has. */
function updatedInPart(
  diff: readonly FieldChange[],
  { kept, unchanged }: PartialUpdate,
  { message }: KubeStatus,
): Attempt {
  const stays = `${kept.join(', ')} could not be updated: ${message}`;
  if (unchanged) return { outcome: 'different', reason: `${pathsOf(diff)}; ${stays}` };
  return { outcome: 'different', reason: `updated but for what cannot be changed: ${stays}`, changed: true };
}
