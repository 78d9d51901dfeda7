import type { Detail, ObjectOutcome, Outcome, Subject } from '../report/outcome';

/** What a restore is going to do to an object. */
export type PlanAction = 'create' | 'same' | 'update' | 'recreate' | 'skip' | 'conflict' | 'fail' | 'delete';

/** One object of a plan. */
export interface PlannedObject extends Subject, Detail {
  action: PlanAction;
  reason?: string;
}

const actions: Record<Outcome, PlanAction> = {
  created: 'create',
  same: 'same',
  updated: 'update',
  recreated: 'recreate',
  skipped: 'skip',
  drifted: 'skip',
  different: 'conflict',
  failed: 'fail',
  deleted: 'delete',
};

/** The action that has this outcome. */
export function actionOf(outcome: Outcome): PlanAction {
  return actions[outcome];
}

/** An object as a plan shows it. */
export function plannedObject({ outcome, ...object }: ObjectOutcome): PlannedObject {
  return { action: actionOf(outcome), ...object };
}
