import { objectPath } from '../../cluster/api-path';
import type { KubeObject } from '../../cluster/kube-object';
import { type FieldChange, isBetweenZeroValues } from '../../manifests/field-diff';
import { serializeDocument } from '../document';
import { type ExistingDecision, patchTo } from '../plan/decide-existing';
import { changesTo } from '../transform/compare';
import type { ResetContext } from '../transform/kind-resets';
import { prepareLive } from '../transform/prepare';
import type { Place } from './place';
import type { RestoreWork } from './restore-work';

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
 * where only the cluster has a field of a spec, which a newer API server may fill in. Any other difference costs no request. A refused dry-run counts as a difference.
 */
export async function dropsDifference(
  work: RestoreWork,
  place: Place,
  decision: ExistingDecision,
  { goal, present, context }: Compared,
): Promise<boolean> {
  const diff = 'diff' in decision ? decision.diff : undefined;
  if (!diff?.length || !diff.every((one) => isBetweenZeroValues(one) || isFilledIn(one))) return false;
  const patch = patchTo(goal, present);
  if (!patch) return false;
  const path = objectPath(place.resource, place.namespace, place.name);
  const { object } = await work.calls.rehearsePatch(path, serializeDocument(patch));
  if (!object) return false;
  return changesTo(prepareLive(place.groupResource, object, context), present).length === 0;
}

/** A field of a spec that only the cluster has. */
function isFilledIn({ path, to }: FieldChange): boolean {
  return to === undefined && path.startsWith('spec.');
}
