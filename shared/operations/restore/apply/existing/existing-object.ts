import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { mergePatch } from '../../../../formats/manifests/modifiers/patch/merge-patch';
import { someOf } from '../../../../formats/manifests/selection/some-of';
import { copyDocument } from '../../document/document';
import { type ExistingDecision, pathsOf } from '../../decide/existing/decide-existing';
import { keptByController } from '../../decide/left-to-controller';
import { lostFields } from '../../decide/existing/lost-fields';
import { keptOthersAccount } from './kept-account';
import type { ResetContext } from '../../transform/kind-resets';
import { prepareLive } from '../../transform/prepare';
import type { Attempt } from '../refused/attempt';
import { decisionOn, type DecisionWork } from './existing-decision';
import type { Place } from '../../target/place';
import { type Copies, recreate, type RecreateWork } from './recreate';
import { updateObject } from './update-object';
import type { KeptAccountWork } from './kept-account';
import type { RestoreObserver } from '../../report/observer';

/** What an object that exists is met with. */
export interface ExistingWork extends DecisionWork, RecreateWork, KeptAccountWork {
  observer: RestoreObserver;
}

interface Meeting {
  context: ResetContext;
  /** Reads the object as the backup has it. */
  archived(): KubeObject;
  /** The result where the object would have to be deleted and made again, and its create is refused. */
  uncreatable?: Attempt;
  /** The archived status, where it is wanted and the API server keeps it apart. */
  status?: Record<string, unknown>;
}

/**
 * Meets an object that exists (Velero's pkg/restore/restore.go): compares, decides by the policy, and carries the decision out
 * where a plan does not show another. `wanted` and `live` are changed.
 */
export async function meetExisting(
  work: ExistingWork,
  place: Place,
  wanted: KubeObject,
  live: KubeObject,
  { context, archived, uncreatable, status }: Meeting,
): Promise<Attempt> {
  const { policies, observer } = work;
  const before = copyDocument(live);
  const present = prepareLive(place.groupResource, live, context);
  // The cluster's copy is compared without its owners.
  const { ownerReferences } = wanted.metadata;
  delete wanted.metadata.ownerReferences;
  const statuses = status && { archived: status, live: before.status };
  const kept =
    policies.keeps(before) ??
    keptByController(place.groupResource, before) ??
    keptOthersAccount(work, place, before, () => archived().metadata.namespace);
  const sides = { wanted, present, asArchived: archived, kept, statuses };
  const { decision, decide } = await decisionOn(work, place, sides, context);
  const { resourceVersion } = before.metadata;
  const { detail, drift } = observer.meets({ place, wanted, present, decision, decide, resourceVersion });
  if (drift) return { outcome: 'drifted', reason: drift, detail };
  if (ownerReferences) wanted.metadata.ownerReferences = ownerReferences;
  if (place.groupResource === definitions) tellOfLostFields(work, place, decision, present);
  if (status !== undefined) delete wanted.status;
  if (decision.action === 'recreate' && uncreatable) return { ...uncreatable, detail };
  const attempt = await actOn(work, place, decision, { wanted, before, context });
  return { ...attempt, detail };
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** Objects of every namespace lose what an older definition does not know. */
function tellOfLostFields(
  { observer, report }: ExistingWork,
  { name }: Place,
  decision: ExistingDecision,
  present: KubeObject,
): void {
  if (decision.action !== 'patch') return;
  const lost = lostFields(mergePatch(present, decision.patch) as KubeObject, present);
  if (lost.length === 0) return;
  observer.losesFields(name, lost);
  report.warn(`${definitions} ${name}: its objects lose ${someOf(lost)}`, '');
}

async function actOn(
  work: ExistingWork,
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
      return updateObject(work, place, decision, copies.before);
    case 'recreate':
      return recreate(work, place, pathsOf(decision.diff), copies);
  }
}
