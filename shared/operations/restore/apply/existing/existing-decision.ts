import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { ConflictPolicy } from '../../../../formats/manifests/conflict-policy';
import { type ExistingDecision, decideExisting, goalOf } from '../../decide/existing/decide-existing';
import type { ResetContext } from '../../transform/kind-resets';
import { dropsDifference } from './dropped-difference';
import type { Place } from '../../target/place';
import { restrained, restraintOn, type RestraintWork } from './restraint';
import { isOnlyStatus } from './status-apart';
import type { ConflictPolicies } from '../../decide/existing/conflict-policies';
import type { Sends } from './send-patch';
import type { TargetNamespaces } from '../target-namespaces';

/** What decides about an object that exists. */
export interface DecisionWork extends RestraintWork, Sends {
  policies: ConflictPolicies;
  namespaces: TargetNamespaces;
}

/** The archived object and the cluster's, prepared for the comparison. */
export interface Sides {
  wanted: KubeObject;
  present: KubeObject;
  /** Reads the object as the backup has it. */
  asArchived(): KubeObject;
  /** Why nothing may be done to it whatever the policy says. */
  kept?: string;
  /** Set where the status is wanted and the API server keeps it apart. */
  statuses?: { archived: KubeObject['status']; live: KubeObject['status'] };
}

/** What is to become of an object, and how to decide the same on copies of both sides. */
export interface Decided {
  decision: ExistingDecision;
  decide(wanted: KubeObject, present: KubeObject): ExistingDecision;
}

/**
 * Decides by the policy and what restrains it. What the API server drops itself is no difference, which dry-runs tell.
 * Changes both sides: they have the statuses afterwards.
 */
export async function decisionOn(
  work: DecisionWork,
  place: Place,
  { wanted, present, asArchived, kept, statuses }: Sides,
  context: ResetContext,
): Promise<Decided> {
  const { groupResource } = place;
  const policy = policyFor(work, place);
  const restraint = restraintOn(work, place, asArchived, wanted, present);
  const whole = (left: KubeObject, right: KubeObject) => {
    const found = decideExisting(groupResource, left, right, policy, kept);
    // A status that is kept apart is written without a deletion.
    const isWritable = statuses && found.action === 'recreate' && isOnlyStatus(found.diff);
    const decision = isWritable ? decideExisting(groupResource, left, right, 'update', kept) : found;
    return restrained(decision, restraint, left, right);
  };
  const compared = () => ({ goal: goalOf(groupResource, wanted, present, policy), present, context });
  const isBare = groupResource === 'namespaces' && work.namespaces.bare.has(place.name);
  const isSame = isBare || (await dropsDifference(work, place, whole(wanted, present), compared()));
  if (!statuses) {
    const decide = (left: KubeObject, right: KubeObject): ExistingDecision =>
      isSame ? { action: 'same' } : whole(left, right);
    return { decision: decide(wanted, present), decide };
  }
  setStatus(wanted, statuses.archived);
  setStatus(present, statuses.live);
  const decide = (left: KubeObject, right: KubeObject) =>
    whole(isSame ? setStatus({ ...right }, left.status) : left, right);
  if (await dropsDifference(work, place, decide(wanted, present), compared(), 'status')) {
    setStatus(wanted, statuses.live);
  }
  return { decision: decide(wanted, present), decide };
}

/** Controllers and operators fill a new namespace with accounts, often before the restore does: those become the backup's. */
function policyFor(
  { policies, namespaces }: DecisionWork,
  { groupResource, namespace }: Place,
): ConflictPolicy {
  const isOurs = groupResource === 'serviceaccounts' && namespaces.made.has(namespace ?? '');
  return isOurs ? 'update' : policies.of(groupResource);
}

function setStatus(object: KubeObject, status: KubeObject['status']): KubeObject {
  if (status === undefined) delete object.status;
  else object.status = status;
  return object;
}
