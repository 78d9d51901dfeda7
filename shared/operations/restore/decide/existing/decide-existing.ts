import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { FieldChange } from '../../../../formats/manifests/modifiers/field-diff';
import { mergeObjects } from '../../../../formats/manifests/modifiers/patch/merge-objects';
import { mergePatch } from '../../../../formats/manifests/modifiers/patch/merge-patch';
import { isBuiltInGroup } from '../../convert/built-in-groups';
import { accountGoal } from './account-goal';
import { keptHeadless, withKeptHeadless } from './kept-headless';
import { changesTo } from '../../transform/compare';
import { twoWayPatch } from '../../transform/two-way-patch';
import type { ConflictPolicy } from '../../../../formats/manifests/conflict-policy';

/** What is to become of an object that exists. `diff` is what an update changes, or by which the two differ. */
export type ExistingDecision =
  | { action: 'same' }
  | { action: 'skip'; reason: string; diff?: FieldChange[] }
  | { action: 'conflict'; diff: FieldChange[]; reason?: string }
  | { action: 'fail'; reason: string; diff: FieldChange[] }
  | {
      action: 'patch';
      patch: Record<string, unknown>;
      diff: FieldChange[];
      reason?: string;
      /** By what the object differs after the patch: the policy does not allow more. */
      remaining?: FieldChange[];
      /** Entries are added, and what the cluster has stays beside them. */
      adds?: true;
    }
  | { action: 'recreate'; diff: FieldChange[] };

const accounts = 'serviceaccounts';

/**
 * Decides by the policy; asks and changes nothing. Both objects have been through `prepare` and are without managedFields.
 *
 * @param kept why nothing may be done to it whatever the policy says
 */
export function decideExisting(
  groupResource: string,
  wanted: KubeObject,
  present: KubeObject,
  policy: ConflictPolicy,
  kept?: string,
): ExistingDecision {
  if (groupResource === 'csidrivers.storage.k8s.io') {
    return { action: 'skip', reason: 'the driver is installed' };
  }
  const found =
    groupResource === accounts && policy === 'skip'
      ? gainingAccount(wanted, present)
      : byPolicy(groupResource, wanted, present, policy);
  if (kept === undefined || found.action === 'same') return found;
  return { action: 'skip', reason: kept, ...('diff' in found && { diff: found.diff }) };
}

/** The cluster fills every namespace with accounts: what they lack is added, also under the policy that changes nothing else. */
function gainingAccount(wanted: KubeObject, present: KubeObject): ExistingDecision {
  const gained = accountGoal(wanted, present, 'skip');
  const whole = accountGoal(wanted, present, 'update');
  const diff = changesTo(whole, present);
  const patch = patchTo(gained, present);
  if (!patch) return diff.length > 0 ? { action: 'conflict', diff } : { action: 'same' };
  const remaining = changesTo(whole, gained);
  const reason = 'missing secrets, labels and annotations were added';
  return { action: 'patch', patch, diff, reason, ...(remaining.length > 0 && { remaining }) };
}

function byPolicy(
  groupResource: string,
  wanted: KubeObject,
  present: KubeObject,
  policy: ConflictPolicy,
): ExistingDecision {
  const updates = policy === 'update' || policy === 'merge';
  const kept = updates && withKeptHeadless(groupResource, wanted, present);
  if (kept) {
    const found = byPolicy(groupResource, kept, present, policy);
    const remaining = changesTo(wanted, kept);
    return found.action === 'patch'
      ? { ...found, diff: [...found.diff, ...remaining], reason: keptHeadless, remaining }
      : { action: 'conflict', diff: remaining, reason: keptHeadless };
  }
  const goal = goalOf(groupResource, wanted, present, policy);
  const diff = changesTo(goal, present);
  if (diff.length === 0) return { action: 'same' };
  if (policy === 'skip') return { action: 'conflict', diff };
  if (policy === 'fail') {
    return { action: 'fail', reason: `it exists and differs: ${pathsOf(diff)}`, diff };
  }
  if (policy === 'replace') return { action: 'recreate', diff };
  const patch = patchTo(goal, present);
  return patch ? { action: 'patch', patch, diff } : { action: 'same' };
}

/** What an object that exists becomes under a policy that changes it. */
export function goalOf(
  groupResource: string,
  wanted: KubeObject,
  present: KubeObject,
  policy: ConflictPolicy,
): KubeObject {
  if (groupResource === accounts) return accountGoal(wanted, present, policy);
  return policy === 'merge' ? merged(wanted, present) : wanted;
}

/** The merge patch that turns `present` into `goal`; undefined where nothing is to be changed. */
export function patchTo(goal: KubeObject, present: KubeObject): Record<string, unknown> | undefined {
  return twoWayPatch(withNotes(goal), withNotes(present));
}

/**
 * With labels and annotations, if without entries: the patch then removes entries one by one. Those that a comparison leaves
 * out stay, since they are in neither object.
 */
function withNotes(object: KubeObject): Record<string, unknown> {
  const { labels = {}, annotations = {}, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, labels, annotations } };
}

/** What the backup has is set, what only the cluster has stays, where it may; lists of built-in kinds are merged by their keys. */
function merged(wanted: KubeObject, present: KubeObject): KubeObject {
  const builtIn = isBuiltInGroup(wanted.apiVersion);
  return (builtIn ? mergeObjects(present, wanted) : mergePatch(present, wanted)) as KubeObject;
}

/** `spec.replicas, data.a`: where the two differ, at most twenty, no values. */
export function pathsOf(diff: readonly FieldChange[]): string {
  return diff
    .slice(0, 20)
    .map(({ path }) => path)
    .join(', ');
}
