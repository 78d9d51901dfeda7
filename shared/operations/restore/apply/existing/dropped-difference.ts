import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import {
  type FieldChange,
  isBetweenZeroValues,
  sameValue,
} from '../../../../formats/manifests/modifiers/field-diff';
import { serializeDocument } from '../../document/document';
import { type ExistingDecision, patchTo } from '../../decide/existing/decide-existing';
import { changesTo } from '../../transform/compare';
import type { ResetContext } from '../../transform/kind-resets';
import { prepareLive } from '../../transform/prepare';
import type { Place } from '../../target/place';
import type { Sends } from './send-patch';
import { isOnlyStatus, partsOf } from './status-apart';

interface Compared {
  /** What the object would become. */
  goal: KubeObject;
  /** The cluster's, prepared for the comparison. */
  present: KubeObject;
  context: ResetContext;
}

/**
 * Returns whether the API server itself drops all by which two objects differ. Where they differ only between absent
 * fields and zero values (`{}`, `[]`, `""`), one dry-run of the update tells: what it changes nothing of is the same. So too
 * where only the cluster has a field of a spec, a label or an annotation, which a newer API server, a webhook or a policy may
 * fill in. Any other difference costs no request. A refused dry-run counts as a difference.
 *
 * @param subresource looks at the status alone, which the API server keeps apart
 */
export async function dropsDifference(
  work: Sends,
  place: Place,
  decision: ExistingDecision,
  { goal, present, context }: Compared,
  subresource?: 'status',
): Promise<boolean> {
  const all = 'diff' in decision ? (decision.diff ?? []) : [];
  const diff = subresource ? all.filter((one) => isOnlyStatus([one])) : all;
  if (diff.length === 0 || !diff.every((one) => isBetweenZeroValues(one) || isFilledIn(one))) return false;
  const whole = patchTo(goal, present);
  const patch = whole && subresource ? partsOf(whole, place.resource).status : whole;
  if (!patch) return false;
  const path = objectPath(place.resource, place.namespace, place.name, subresource);
  const { object } = await work.calls.rehearsePatch(path, serializeDocument(patch));
  if (!object) return false;
  if (subresource) return sameValue(object.status, present.status);
  return changesTo(prepareLive(place.groupResource, object, context), present).length === 0;
}

/**
 * A field of a spec, a label or an annotation that only the cluster has. The `None` of a headless Service is none: an update
 * without an address keeps it, and a create would not give it.
 */
function isFilledIn({ path, to }: FieldChange): boolean {
  if (to !== undefined || path === 'spec.clusterIP') return false;
  return /^(spec|metadata\.(labels|annotations))\b/.test(path);
}
