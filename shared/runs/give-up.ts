import { instant } from '../manifests/instant';
import { takeLease } from '../state/leases';
import { findProgress } from '../state/progress';
import { finishRun } from '../state/results';
import { type RunId, runStore, runWord } from '../state/run-keys';
import { recordIn } from '../state/run-record';
import type { RunContext } from './run-context';

/**
 * Ends a run as failed that was started too often. Takes the lease first: a worker that is only frozen then cannot
 * commit any more. False when somebody holds the lease, or when the run turns out to be committed.
 */
export async function giveUp(context: RunContext, run: RunId): Promise<boolean> {
  const store = runStore(context.state, run);
  const lease = await takeLease(store, context);
  if (!lease) return false;
  try {
    const record = await recordIn(store);
    if (record.committed || record.finished) return false;
    const last = (await findProgress(store))?.message;
    const now = instant(context.clock.now());
    const reason = `gave up after ${record.starts} starts${last ? `; the last one said: ${last}` : ''}`;
    context.log.error(`${runWord(run.kind)} ${run.name}: ${reason}`, { name: run.name });
    await finishRun(context.state, run, {
      kind: 'RunResult',
      phase: 'Failed',
      reason,
      startTimestamp: now,
      completionTimestamp: now,
      errors: 1,
      warnings: 0,
      counts: {},
      attempts: record.starts,
    });
    return true;
  } finally {
    lease.release();
  }
}
