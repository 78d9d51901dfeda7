import { instant } from '../../formats/manifests/instant';
import type { RunResult } from '../../formats/manifests/run';
import { takeLease } from '../../formats/state/leases/leases';
import { finishRun } from '../../formats/state/run/results';
import { type RunId, runStore, runWord } from '../../formats/state/run-keys';
import { recordIn, type RunRecord } from '../../formats/state/run-record';
import type { ObjectStore } from '../../platform/oss/port';
import type { RunContext } from './run-context';

/** Why a run ends without its operation. */
export type Ending = Pick<RunResult, 'cancelled'> & { reason: string };

/**
 * Ends a run as failed that nobody works on. Takes the lease first: a worker that is only frozen then cannot commit any
 * more. False when somebody holds the lease, or when the run turns out to be finished, or committed.
 * @param evenCommitted for a run that this release cannot put into its vault: every start would fail, for ever
 */
export async function endRun(
  context: Omit<RunContext, 'dispatcher'>,
  run: RunId,
  why: (record: RunRecord, store: ObjectStore) => Promise<Ending>,
  evenCommitted = false,
): Promise<boolean> {
  const store = runStore(context.state, run);
  const lease = await takeLease(store, context);
  if (!lease) return false;
  try {
    const record = await recordIn(store);
    if (record.finished || (record.committed && !evenCommitted)) return false;
    const ending = await why(record, store);
    const { log, clock } = context;
    const line = `${runWord(run.kind)} ${run.name}: ${ending.reason}`;
    if (ending.cancelled) log.info(line, { name: run.name });
    else log.error(line, { name: run.name });
    await finishRun(context.state, run, failedRun(ending, clock.now(), clock.now(), record.starts));
    return true;
  } finally {
    lease.release();
  }
}

/** The result of a run that its operation did not end itself. */
export function failedRun(ending: Ending, started: Date, ended: Date, starts: number): RunResult {
  return {
    kind: 'RunResult',
    phase: 'Failed',
    ...ending,
    startTimestamp: instant(started),
    completionTimestamp: instant(ended),
    errors: ending.cancelled ? 0 : 1,
    warnings: 0,
    counts: {},
    attempts: Math.max(starts, ending.cancelled ? 0 : 1),
  };
}
