import { LifeboatError } from '../../../platform/errors';
import { objectName } from '../../../formats/manifests/object-name';
import type { Watching } from '../stages/carry-out';
import type { RestoreJob } from '../stages/job';
import { Details } from './details';
import { PlanGuard } from './plan-guard';
import type { PlannedObject } from '../plan/planned-object';
import { rehearse } from './rehearse';

/** The plan that a restore is to keep to. */
export interface PlannedRestore {
  /** Every object as the plan shows it. */
  objects: Iterable<PlannedObject> | AsyncIterable<PlannedObject>;
  /** The key under which the plan hides the values of Secrets. */
  hashKey: Buffer;
  /** Nothing is restored when something has changed since the plan was made. */
  failOnDrift: boolean;
}

/**
 * What keeps a restore to its plan. Where drift is to end it, the whole restore is rehearsed before anything is written.
 * Throws LifeboatError `conflict` naming what has drifted.
 */
export async function guarded(
  job: RestoreJob,
  { objects, hashKey, failOnDrift }: PlannedRestore,
): Promise<Watching> {
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
  return { guard, details: new Details(hashKey) };
}

function driftError(drifted: string[]): LifeboatError {
  const rest = drifted.length > 3 ? `; and ${drifted.length - 3} more` : '';
  return new LifeboatError(
    'conflict',
    `the cluster has changed since the plan was made, and nothing was restored: ${drifted.slice(0, 3).join('; ')}${rest}`,
    { hint: 'make a new plan: lifeboat restore plan' },
  );
}
