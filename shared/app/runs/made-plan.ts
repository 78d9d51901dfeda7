import { LifeboatError } from '../../platform/errors';
import { readPlanLines } from '../../operations/restore/plan/plan-lines';
import type { PlannedObject } from '../../operations/restore/plan/planned-object';
import type { RestorePlan } from '../../operations/restore/plan/restore-plan';
import { findStoredPlan, type StoredPlan } from '../../operations/restore/plan/stored-plan';
import { runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import type { Installation } from '../installation';

/** The plan that a run has made, and the folder that its objects lie in. Throws LifeboatError `not-found` when there is none. */
export async function madePlan(
  { state }: Pick<Installation, 'state'>,
  name: string,
): Promise<{ stored: StoredPlan; folder: ObjectStore }> {
  const folder = runStore(state.store, { kind: 'plans', name });
  const stored = await findStoredPlan(folder);
  if (stored) return { stored, folder };
  throw new LifeboatError('not-found', `plan "${name}" is not there`, {
    hint: `see what became of it with \`lifeboat run get plan/${name}\``,
  });
}

/** The whole of it in memory. */
export async function wholePlan(
  installation: Pick<Installation, 'state'>,
  name: string,
): Promise<RestorePlan> {
  const { stored, folder } = await madePlan(installation, name);
  const { key, sha256 } = stored.objects;
  const objects: PlannedObject[] = [];
  for await (const one of readPlanLines(folder, key, { sha256, what: `plan "${name}"` })) objects.push(one);
  return { head: stored.head, objects };
}
