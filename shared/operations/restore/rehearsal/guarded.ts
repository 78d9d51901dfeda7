import { LifeboatError } from '../../../platform/errors';
import { objectName } from '../../../formats/manifests/object-name';
import type { RestoreJob } from '../stages/job';
import { Details } from './details';
import { PlanGuard } from './plan-guard';
import { PlanObserver } from './plan-observer';
import type { PlannedRestore } from '../plan/planned-restore';
import type { RestoreObserver } from '../report/observer';
import { rehearse } from './rehearse';

/**
 * What keeps a restore to its plan. Where drift is to end it, the whole restore is rehearsed before anything is written.
 * Throws LifeboatError `conflict` naming what has drifted.
 */
export async function guarded(
  job: RestoreJob,
  { objects, hashKey, failOnDrift }: PlannedRestore,
): Promise<RestoreObserver> {
  const guard = new PlanGuard();
  for await (const one of objects) guard.add(one);
  // A later attempt finds what the one before has done.
  if (failOnDrift && job.lease.attempt === 1) {
    const drifted: string[] = [];
    await rehearse(job, {
      hashKey,
      guard,
      heard: (one) => {
        if (one.outcome === 'drifted') drifted.push(`${objectName(one)}: ${one.reason}`);
      },
    });
    if (drifted.length > 0) throw driftError(drifted);
  }
  return new PlanObserver(new Details(hashKey), { guard });
}

function driftError(drifted: string[]): LifeboatError {
  const rest = drifted.length > 3 ? `; and ${drifted.length - 3} more` : '';
  return new LifeboatError(
    'conflict',
    `the cluster has changed since the plan was made, and nothing was restored: ${drifted.slice(0, 3).join('; ')}${rest}`,
    { hint: 'make a new plan: lifeboat restore plan' },
  );
}
