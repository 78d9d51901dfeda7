import type { RunRequest } from '../../formats/manifests/run';
import { runOf } from '../../formats/state/run/requests';
import { type RunId, taskId } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import { runRecord } from '../../formats/state/run-record';
import { claimStart, nextStep } from '../../formats/state/run/starts';
import { admissionOf, findPlace } from './admission';
import type { RunContext } from './run-context';

/**
 * Starts the worker of a run that was just asked for, where its cluster has a place now. For whoever may ask for runs and not
 * carry them on, as the function `api`: it writes `start-1.json` and nothing else. The worker takes the place itself, under its
 * lease; where others were faster, and for every later start and any ending, the tick decides.
 * @param made `created`: nobody had asked for the run before, so that nobody has started it
 * @returns whether a worker was started
 */
export async function firstStart(
  context: RunContext,
  request: RunRequest,
  made: { created: boolean },
): Promise<boolean> {
  const { state, installation, dispatcher, holder, log } = context;
  const run = runOf(request);
  if (!made.created && !(await isUnstarted(state, run))) return false;
  // A copy asks nothing of a cluster.
  if (request.kind !== 'CopyRequest') {
    const look = await findPlace(context, await admissionOf(state, request), 'starter');
    if ('wait' in look) return false;
  }
  if (!(await claimStart(state, run, 1, holder))) return false;
  await dispatcher.start(run, taskId(installation, run, 1));
  log.info(`Started a worker for ${run.name}`, { name: run.name, start: 1 });
  return true;
}

async function isUnstarted(state: ObjectStore, run: RunId): Promise<boolean> {
  const record = await runRecord(state, run);
  const step = nextStep(record, 0);
  return step.do === 'start' && step.k === 1 && !record.committed;
}
