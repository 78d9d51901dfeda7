import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { objectAt } from '../../convert/conversion';
import type { ExistingDecision } from '../../decide/existing/decide-existing';
import { type Restraint, usedByOriginal } from '../../decide/existing/used-by-original';
import { changesTo } from '../../transform/compare';
import { namespacesNamed } from '../../transform/references';
import { twoWayPatch } from '../../transform/two-way-patch';
import { isMadeBy } from '../../replica/marks';
import type { Place } from '../../target/place';
import type { CreatedAtMost } from '../../decide/existing/created-at-most';
import type { ReplicaWork } from '../../replica/replica-work';
import type { Selection } from '../../decide/selection';

/** What says how far an existing object may be changed. */
export interface RestraintWork {
  selection: Selection;
  /** Objects that other namespaces live by too. */
  createdAtMost: CreatedAtMost;
  /** Set for the restore of a replication rule. */
  replicaWork?: ReplicaWork;
}

/**
 * What keeps an existing object from becoming what a conflict policy would make of it: it is the disk of another claim, the
 * original of a copy uses it, or the request does not ask for it. Both objects have been through `prepare`. Changes `wanted`:
 * a volume keeps its claimRef to the letter, or has none.
 *
 * @param archived reads the object as the backup has it
 */
export function restraintOn(
  { selection, createdAtMost, replicaWork }: RestraintWork,
  place: Place,
  archived: () => KubeObject,
  wanted: KubeObject,
  present: KubeObject,
): Restraint | undefined {
  const { groupResource, namespace, name, resource } = place;
  if (groupResource === 'persistentvolumes') {
    const claim = objectAt(present.spec, 'claimRef');
    const own = objectAt(wanted.spec, 'claimRef');
    if (claim && (own?.namespace !== claim.namespace || own?.name !== claim.name)) {
      return { reason: `it is the volume of claim ${String(claim.namespace)}/${String(claim.name)}` };
    }
    wanted.spec = { ...wanted.spec, claimRef: claim };
    if (!claim) delete wanted.spec.claimRef;
  }
  const { sources, targets } = selection.renamed;
  if (sources.size > 0 && !targets.has(namespace ?? '')) {
    const named = [...namespacesNamed(groupResource, present)].filter((one) => sources.has(one));
    if (named.length > 0) return usedByOriginal(groupResource, named, selection.renamed, archived);
  }
  // What a replication rule has made, it keeps as its source has it.
  if (replicaWork && isMadeBy(replicaWork.replica, place, present.metadata)) return undefined;
  const reason = createdAtMost.reason(groupResource, name, resource.namespaced);
  return reason === undefined ? undefined : { reason };
}

/** A decision within its restraint: what may be added is added where the policy would change the object. */
export function restrained(
  decision: ExistingDecision,
  restraint: Restraint | undefined,
  wanted: KubeObject,
  present: KubeObject,
): ExistingDecision {
  if (!restraint || decision.action === 'same' || decision.action === 'skip') return decision;
  const goal = restraint.added?.(wanted, present);
  const patch = goal && twoWayPatch(goal, present);
  if (goal && !patch) return { action: 'same' };
  const changes = decision.action === 'patch' || decision.action === 'recreate';
  if (!changes) return decision;
  const { reason } = restraint;
  return goal && patch
    ? { action: 'patch', patch, diff: changesTo(goal, present), reason, adds: true }
    : { action: 'conflict', diff: decision.diff, reason: `left alone: ${reason}` };
}
