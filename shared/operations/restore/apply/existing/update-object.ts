import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { KubeStatus } from '../../../../platform/kubernetes/status';
import type { FieldChange } from '../../../../formats/manifests/modifiers/field-diff';
import { type ExistingDecision, pathsOf } from '../../decide/existing/decide-existing';
import type { Attempt } from '../refused/attempt';
import { type PartialUpdate, updateRest } from './partial-update';
import type { Place } from '../../target/place';
import { refusalOf } from '../refused/refusal';
import { type Sends, sendPatch } from './send-patch';
import { isOnlyStatus, partsOf } from './status-apart';

type PatchDecision = Extract<ExistingDecision, { action: 'patch' }>;

/**
 * Carries a decided update out: sends the object, then its status where that is kept apart.
 * @param present the cluster's object, as it was found
 */
export async function updateObject(
  work: Sends,
  place: Place,
  decision: PatchDecision,
  present: KubeObject,
): Promise<Attempt> {
  const { object, status } = partsOf(decision.patch, place.resource);
  if (!status) return sendUpdate(work, place, decision, present);
  // Labels of the restore alone are no update of the object.
  const attempt =
    object && !isOnlyStatus(decision.diff)
      ? await sendUpdate(work, place, { ...decision, patch: object }, present)
      : undefined;
  if (attempt && ('refusal' in attempt || attempt.outcome === 'failed')) return attempt;
  const refused = await sendPatch(work, place, status, 'status');
  if (!refused) return attempt?.outcome === 'different' ? { ...attempt, changed: true } : updatedBy(decision);
  const reason = `its status could not be updated: ${refused.message}`;
  const refusal = refusalOf(refused, place.groupResource);
  if (refusal.cure !== 'restore') return { refusal: { ...refusal, reason } };
  const changed = attempt?.outcome === 'updated' || attempt?.changed;
  const before = attempt?.reason ?? pathsOf(decision.diff);
  return { outcome: 'different', reason: `${before}; ${reason}`, ...(changed && { changed }) };
}

function updatedBy({ reason, diff, adds }: PatchDecision): Attempt {
  return { outcome: 'updated', reason: reason ?? pathsOf(diff), ...(adds && { adds }) };
}

async function sendUpdate(
  work: Sends,
  place: Place,
  decision: PatchDecision,
  present: KubeObject,
): Promise<Attempt> {
  const { patch, diff, reason, remaining } = decision;
  const refused = await sendPatch(work, place, patch);
  if (!refused && remaining) {
    return { outcome: 'different', reason: `${pathsOf(remaining)}; ${reason}`, changed: true };
  }
  if (!refused) return updatedBy(decision);
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
