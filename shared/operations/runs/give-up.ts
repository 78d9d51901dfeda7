import { findProgress } from '../../formats/state/run/progress';
import type { RunId } from '../../formats/state/run-keys';
import type { RunRecord } from '../../formats/state/run-record';
import type { ObjectStore } from '../../platform/oss/port';
import { type Ending, endRun } from './end-run';
import type { RunContext } from './run-context';

/** Ends a run as failed that was started too often, with what its last attempt said. False as for `endRun`. */
export async function giveUp(context: RunContext, run: RunId): Promise<boolean> {
  return endRun(context, run, givenUp);
}

/** The ending of a run that was started too often. */
export async function givenUp({ starts, touches }: RunRecord, run: ObjectStore): Promise<Ending> {
  const last = (await findProgress(run))?.message;
  const said = last ? `; the last one said: ${last}` : '';
  const left = touches ? '; what it left in its cluster could not all be removed' : '';
  return { reason: `gave up after ${starts} starts${said}${left}` };
}
