import { findProgress } from '../../formats/state/run/progress';
import type { RunId } from '../../formats/state/run-keys';
import { endRun } from './end-run';
import type { RunContext } from './run-context';

/** Ends a run as failed that was started too often, with what its last attempt said. False as for `endRun`. */
export async function giveUp(context: RunContext, run: RunId): Promise<boolean> {
  return endRun(context, run, async ({ starts }, store) => {
    const last = (await findProgress(store))?.message;
    return { reason: `gave up after ${starts} starts${last ? `; the last one said: ${last}` : ''}` };
  });
}
