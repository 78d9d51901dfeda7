import { atOnce } from '../../platform/at-once';
import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import type { RunRequest, RunResult } from '../../formats/manifests/run';
import type { Permit } from '../../formats/state/leases/permits';
import { takeLease } from '../../formats/state/leases/leases';
import type { Lease } from '../../formats/state/leases/lease-types';
import { closeEnded } from '../../formats/state/run/ended-runs';
import { noteWaiting, progressWriter } from '../../formats/state/run/progress';
import type { ReportProgress } from '../../formats/state/run/progress-port';
import { findRequest } from '../../formats/state/run/requests';
import { findResult, finishRun } from '../../formats/state/run/results';
import { type RunId, runStore, runWord } from '../../formats/state/run-keys';
import { recordIn, type RunRecord } from '../../formats/state/run-record';
import { isGivenUp, mayStartAgain, pauseAfter } from '../../formats/state/run/starts';
import type { ObjectStore } from '../../platform/oss/port';
import { type Admission, admissionOf, enter, leave } from './admission';
import { cancellation } from './cancel-run';
import { type Ending, failedRun } from './end-run';
import { givenUp } from './give-up';
import type { Pausing } from './pausing';
import { noPatience, type Patience, refusalMayPass } from './refusal';
import type { RunContext } from './run-context';
import { watchCancellation } from './watch-cancellation';

/** What an attempt starts from. */
interface Start<P> {
  /** The run was committed before this attempt. */
  committed: boolean;
  /** It paused before this attempt. */
  resumed: boolean;
  /** What `prepare` read. */
  prepared: P;
}

/** One attempt: the operation itself, which answers with the outcome, or that the rest has to wait. */
export type Attempt<P = void> = (
  lease: Lease,
  progress: ReportProgress,
  start: Start<P>,
) => Promise<RunResult | Pausing>;

export interface CarryOutOptions<P = void> {
  /** As it stands in the state, where the caller has read it. */
  request?: RunRequest;
  /** The run as a listing shows it that the caller has just made. */
  found?: RunRecord;
  /** Reads the request of the backup that a restore is of, where the caller needs it too. */
  requestOfBackup?(): Promise<RunRequest | undefined>;
  /** Reads what the attempt needs, while the run looks for its place. Changes nothing. */
  prepare?(committed: boolean): Promise<P>;
  /** How long after its request a run that was refused is started again; default not at all. */
  patience?: Patience;
  /** How many objects there were the last time, for the estimate of how far the run is. */
  expected?: number;
  /**
   * Called when the run ends without a backup or restore, before its outcome: removes what no later attempt needs. Where
   * something may be left in the cluster and it throws, a later start tries again.
   */
  abandoned?(): Promise<void>;
  /** Called where the run has ended long since and its backup is gone: deletes its snapshots, and closes it again. */
  cleanUp?(): Promise<void>;
}

/**
 * Carries a run out under its lease and records the outcome. A run that has one already is left alone, and so is one
 * that somebody else works on, or whose cluster has no place for it (undefined). An error that another attempt may overcome is thrown, and the tick starts the
 * run again; any other ends the run as failed, with the reason, unless it is committed: then only a replay is missing. A run that somebody cancels stops within seconds.
 */
export async function carryOutRun<P = void>(
  context: Omit<RunContext, 'dispatcher'>,
  run: RunId,
  attempt: Attempt<P>,
  options: CarryOutOptions<P> = {},
): Promise<RunResult | undefined> {
  const { state, clock, log } = context;
  const store = runStore(state, run);
  const what = `${runWord(run.kind)} ${run.name}`;
  const lease = await takeLease(store, context, options.found);
  if (!lease) {
    const earlier = await findResult(state, run);
    if (earlier) await closeEnded(state, run);
    else log.info(`${what} is held by another worker`, { name: run.name });
    return earlier;
  }
  const progress = progressWriter(store, clock, { expected: options.expected });
  const startTimestamp = instant(clock.now());
  const watched = watchCancellation(lease, store, clock);
  let carriedOut = false;
  let entered: { cluster: string; permit: Pick<Permit, 'place' | 'n'> } | undefined;
  try {
    const { finished, starts, committed, cancelled } = lease.found;
    const earlier = finished ? await findResult(state, run) : undefined;
    if (earlier) {
      if (lease.found.cleanup === 'asked') await options.cleanUp?.();
      else await closeEnded(state, run);
      return earlier;
    }
    if (cancelled && !committed) await watched.check();
    if (isGivenUp(lease.found)) return await end(await givenUp(lease.found, store), starts);
    const preparing = Promise.resolve(options.prepare?.(committed));
    // A run that waits for its place needs nothing of it.
    preparing.catch(() => {});
    // What paused has read its cluster; the rest is a few requests.
    const resumed = lease.found.pause !== undefined;
    if (!committed && !resumed) {
      const admission = await admissionFor(state, run, options);
      const entry = admission && (await enter(context, admission));
      if (entry && 'wait' in entry) {
        log.info(`${what} waits: ${entry.wait}`, { name: run.name });
        await noteWaiting(store, clock, entry.wait);
        return undefined;
      }
      if (entry) entered = { cluster: admission.cluster, permit: entry.permit };
    }
    // After the commit nothing is left to be cancelled.
    const result = await attempt(committed ? lease : watched, progress.report, {
      committed,
      resumed,
      prepared: (await preparing) as P,
    });
    if ('paused' in result) {
      progress.report(result.paused);
      await progress.flush();
      await lease.pause(pauseAfter(lease.found.pauses));
      return undefined;
    }
    if (result.phase === 'Failed') await clearUp();
    carriedOut = true;
    // The cluster is done with: its place need not wait for the outcome.
    const [outcome] = await atOnce(
      finishRun(state, run, { ...result, attempts: Math.max(starts, 1) }),
      giveBack(),
    );
    // The outcome says more than the last step.
    await progress.drop();
    return outcome;
  } catch (error) {
    const cancelled = watched.cancelled && !lease.signal.aborted;
    if (!cancelled && (lease.signal.aborted || isKind(error, 'lost-lease'))) {
      log.warn(`${what}: this attempt lost its lease and stops`, { name: run.name });
      return undefined;
    }
    const record = await recordIn(store);
    const reason = messageOf(error);
    // What was carried out lacks nothing but its record, which the next start writes by what it finds.
    const again =
      carriedOut || mayPass(error) || (await refusalMayPass(store, error, options.patience ?? noPatience));
    if (record.committed || (!cancelled && again)) {
      log.error(`${what} failed`, { name: run.name, error: reason });
      progress.report({ phase: 'Retrying', done: 0, message: reason });
      throw error;
    }
    // Somebody who took over decides; what failed here may succeed there.
    if (!(await stillHeld(lease))) return undefined;
    const ending = cancelled ? await cancellation(run.kind, store) : { reason };
    if (cancelled) log.info(`${what}: ${ending.reason}`, { name: run.name });
    else log.error(`${what} failed`, { name: run.name, error: reason });
    return await end(ending, record.starts);
  } finally {
    watched.release();
    lease.release();
    await Promise.all([progress.flush(), giveBack()]);
  }

  /** Gives the place at the cluster back, once. */
  async function giveBack(): Promise<void> {
    const held = entered;
    entered = undefined;
    if (held) await leave(context, held.cluster, held.permit);
  }

  async function end(ending: Ending, starts: number): Promise<RunResult> {
    await clearUp();
    return finishRun(state, run, failedRun(ending, new Date(startTimestamp), clock.now(), starts));
  }

  /** What is left in a cluster is worth another start; anything else a rule of the bucket removes. */
  async function clearUp(): Promise<void> {
    try {
      await options.abandoned?.();
    } catch (failure) {
      const error = messageOf(failure);
      log.warn(`${what}: not all that it left could be removed`, { name: run.name, error });
      const record = await recordIn(store);
      if (record.touches && mayStartAgain(record)) throw failure;
    }
  }
}

async function admissionFor(
  state: ObjectStore,
  run: RunId,
  { request: known, requestOfBackup }: Pick<CarryOutOptions, 'request' | 'requestOfBackup'>,
): Promise<Admission | undefined> {
  const request = known ?? (await findRequest(state, run));
  // A copy asks nothing of a cluster.
  return request && request.kind !== 'CopyRequest' ? admissionOf(state, request, requestOfBackup) : undefined;
}

async function stillHeld(lease: Lease): Promise<boolean> {
  try {
    await lease.renew();
    return true;
  } catch (error) {
    if (isKind(error, 'lost-lease')) return false;
    throw error;
  }
}

/** A service that did not answer may answer later, and a fault of ours may be mended: the cap on starts bounds both. */
function mayPass(error: unknown): boolean {
  return !(error instanceof LifeboatError) || error.kind === 'unavailable';
}
