import { ownersFirst } from '../decide/owners-first';
import { restoreLevel, type LevelWork } from './restore-level';
import { failRefused, settleRefused, type RetryWork } from './retry-refused';

/** What settles objects that controllers may make. */
export type SettleControlledWork = LevelWork & RetryWork;

/**
 * Restores what was put aside, or reports to whom it is left: a Deployment is settled before its ReplicaSets, and these before
 * their pods.
 *
 * @param resources of which something may have been put aside
 */
export async function settleControlled(
  work: SettleControlledWork,
  resources: readonly string[],
  workers: number,
): Promise<void> {
  work.controlled.begin();
  for (const level of ownersFirst(resources, work.facts.ownerKinds)) {
    await work.lease.ensure();
    await restoreLevel(work, level, workers, { onlyControlled: true });
    await settleRefused(work, workers);
    failRefused(work);
  }
}
