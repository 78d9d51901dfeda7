import { isKind, messageOf } from '../../platform/errors';
import type { RunRequest } from '../../formats/manifests/run';
import { closeEnded } from '../../formats/state/run/ended-runs';
import { markClosed } from '../../formats/state/run/open-runs';
import { noteWaiting } from '../../formats/state/run/progress';
import { findRequest } from '../../formats/state/run/requests';
import { emptyRecord, runRecord } from '../../formats/state/run-record';
import { type RunId, runStore, runWord, taskId } from '../../formats/state/run-keys';
import { claimStart, nextStep, startCap } from '../../formats/state/run/starts';
import { admissionOf, findPlace, leave, occupyAny, queueOf } from './admission';
import { endRun } from './end-run';
import { endCancelled } from './cancel-run';
import { giveUp } from './give-up';
import type { RunContext } from './run-context';
import { Turns } from './turns';

/**
 * What was done about a run: `sent` a worker, `closed` a finished one, ended it (`gave-up`, `cancelled`), or left it as it is:
 * `waiting` for its worker or its next start, `held` until its cluster has a place.
 */
export type StartOutcome = 'sent' | 'waiting' | 'held' | 'closed' | 'gave-up' | 'cancelled';

export interface StartOptions {
  /** How long the run is open, by OSS's clock, in milliseconds. */
  openAge?: number;
  /** As it stands in the state, where the caller knows it. */
  request?: RunRequest;
  /** The caller has just made the request: nobody had asked for the run, so that nothing else lies in its folder. */
  made?: boolean;
}

/**
 * Does what is due about one run: starts its worker, closes it, ends it, or nothing.
 * Any number of callers may do this at once; each start is made by one of them.
 */
export async function startRun(
  context: RunContext,
  run: RunId,
  { openAge = 0, request, made = false }: StartOptions = {},
): Promise<StartOutcome> {
  const record = made ? { ...emptyRecord(), requested: true } : await runRecord(context.state, run);
  const step = nextStep(record, openAge);
  switch (step.do) {
    case 'wait':
      return 'waiting';
    case 'close':
      await closeEnded(context.state, run);
      return 'closed';
    case 'forget':
      await markClosed(context.state, run);
      return 'closed';
    case 'give-up':
      return (await giveUp(context, run)) ? 'gave-up' : 'waiting';
    case 'cancel':
      return (await endCancelled(context, run)) ? 'cancelled' : 'waiting';
    case 'start':
      return startAsked(context, run, step.k, { committed: record.committed, known: request });
  }
}

async function startAsked(
  context: RunContext,
  run: RunId,
  k: number,
  { committed, known }: { committed: boolean; known?: RunRequest },
): Promise<StartOutcome> {
  let request: RunRequest | undefined;
  try {
    request = known ?? (await findRequest(context.state, run));
  } catch (error) {
    // No worker of this release could carry it out, now or later.
    if (!isKind(error, 'invalid')) throw error;
    const reason = `its request cannot be read: ${messageOf(error)}`;
    // What is committed a newer release can still put into its vault: it gets the time of all starts.
    if (committed && k <= startCap) {
      await claimStart(context.state, run, k, context.holder);
      context.log.warn(`${runWord(run.kind)} ${run.name} is left alone: ${reason}`, {
        name: run.name,
        start: k,
      });
      return 'waiting';
    }
    return (await endRun(context, run, async () => ({ reason }), committed)) ? 'gave-up' : 'waiting';
  }
  if (!request) return 'waiting';
  // What is committed is only put into its vault, without its cluster.
  return committed ? send(context, run, k) : startAtCluster(context, run, k, request);
}

/**
 * The place is taken before the start is claimed, so that waiting for one costs no start: a start that is spent puts the next
 * one off. Whoever finds that somebody else has the start gives the place back.
 */
async function startAtCluster(
  context: RunContext,
  run: RunId,
  k: number,
  request: RunRequest,
): Promise<StartOutcome> {
  // A copy asks nothing of a cluster.
  if (request.kind === 'CopyRequest') return send(context, run, k);
  const admission = await admissionOf(context.state, request);
  const queue = queueOf(admission);
  const turns = context.turns ?? new Turns();
  return turns.take(queue, async () => {
    const full = turns.full.get(queue);
    if (full !== undefined) return hold(context, run, full);
    const look = await findPlace(context, admission, 'starter');
    const entered = 'wait' in look ? look : await occupyAny(context, admission, look, 'starter');
    if ('wait' in entered) {
      if (entered.started) return 'waiting';
      if (entered.full) turns.full.set(queue, entered.wait);
      return hold(context, run, entered.wait);
    }
    return send(context, run, k, () => leave(context, admission.cluster, entered.permit));
  });
}

async function hold(context: RunContext, run: RunId, reason: string): Promise<StartOutcome> {
  context.log.info(`${runWord(run.kind)} ${run.name} waits: ${reason}`, { name: run.name });
  await noteWaiting(runStore(context.state, run), context.clock, reason);
  return 'held';
}

/** @param unclaimed what is to be done where the start is somebody else's */
async function send(
  context: RunContext,
  run: RunId,
  k: number,
  unclaimed: () => Promise<void> = async () => {},
): Promise<StartOutcome> {
  let claimed = false;
  try {
    claimed = await claimStart(context.state, run, k, context.holder);
  } finally {
    if (!claimed) await unclaimed();
  }
  if (!claimed) return 'waiting';
  await context.dispatcher.start(run, taskId(context.installation, run, k));
  context.log.info(`Started a worker for ${runWord(run.kind)} ${run.name}`, { name: run.name, start: k });
  return 'sent';
}
