import { ownersFirst } from '../decide/owners-first';
import { restoreLevel } from './restore-level';
import type { RestoreWork } from './restore-work';
import { failRefused, settleRefused } from './retry-refused';

/**
 * Restores what was put aside, or reports to whom it is left: a Deployment is settled before its ReplicaSets, and these before
 * their pods.
 *
 * @param resources of which something may have been put aside
 */
export async function settleControlled(
  work: RestoreWork,
  resources: readonly string[],
  workers: number,
): Promise<void> {
  work.controlled.begin();
  for (const level of ownersFirst(resources, work.facts.ownerKinds)) {
    await work.job.lease.renew();
    await restoreLevel(work, level, workers, { onlyControlled: true });
    await settleRefused(work, workers);
    failRefused(work);
  }
}
