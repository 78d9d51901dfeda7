import type { RunResult } from '../../formats/manifests/run';
import { cancelRun } from '../../operations/runs/cancel-run';
import { type RunId, runWord } from '../../formats/state/run-keys';
import { type Installation, runContext } from '../installation';
import { record } from '../record';

/** A person cancels a run; as `cancelRun`, and recorded. */
export async function cancel(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const result = await cancelRun(runContext(installation), run);
  await record(installation, { action: 'cancel', what: runWord(run.kind), name: run.name });
  return result;
}
