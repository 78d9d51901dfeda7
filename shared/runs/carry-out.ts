import { isKind, LifeboatError, messageOf } from '../errors';
import { instant } from '../manifests/instant';
import type { RunResult } from '../manifests/run';
import { takeLease } from '../state/leases';
import type { Lease } from '../state/lease-types';
import { markClosed } from '../state/open-runs';
import { progressWriter } from '../state/progress';
import type { ReportProgress } from '../state/progress-port';
import { findResult, finishRun } from '../state/results';
import { type RunId, runStore, runWord } from '../state/run-keys';
import { recordIn } from '../state/run-record';
import type { RunContext } from './run-context';

/** One attempt: the operation itself, which answers with the outcome. */
export type Attempt = (lease: Lease, progress: ReportProgress) => Promise<RunResult>;

/**
 * Carries a run out under its lease and records the outcome. A run that has one already is left alone, and so is one
 * that somebody else works on (undefined). An error that another attempt may overcome is thrown, and the tick starts the
 * run again; any other ends the run as failed, with the reason, unless it is committed: then only a replay is missing.
 */
export async function carryOut(
  context: Omit<RunContext, 'dispatcher'>,
  run: RunId,
  attempt: Attempt,
): Promise<RunResult | undefined> {
  const { state, clock, log } = context;
  const store = runStore(state, run);
  const what = `${runWord(run.kind)} ${run.name}`;
  const lease = await takeLease(store, context);
  if (!lease) {
    const earlier = await findResult(state, run);
    if (earlier) await markClosed(state, run);
    else log.info(`${what} is held by another worker`, { name: run.name });
    return earlier;
  }
  const progress = progressWriter(store, clock);
  const startTimestamp = instant(clock.now());
  try {
    const earlier = await findResult(state, run);
    if (earlier) {
      await markClosed(state, run);
      return earlier;
    }
    const { starts } = await recordIn(store);
    const result = await attempt(lease, progress.report);
    return await finishRun(state, run, { ...result, attempts: Math.max(starts, 1) });
  } catch (error) {
    if (lease.signal.aborted || isKind(error, 'lost-lease')) {
      log.warn(`${what}: this attempt lost its lease and stops`, { name: run.name });
      return undefined;
    }
    const reason = messageOf(error);
    log.error(`${what} failed`, { name: run.name, error: reason });
    const record = await recordIn(store);
    if (mayPass(error) || record.committed) {
      progress.report({ phase: 'Retrying', done: 0, message: reason });
      throw error;
    }
    // Somebody who took over decides; what failed here may succeed there.
    if (!(await stillHeld(lease))) return undefined;
    return await finishRun(state, run, {
      kind: 'RunResult',
      phase: 'Failed',
      reason,
      startTimestamp,
      completionTimestamp: instant(clock.now()),
      errors: 1,
      warnings: 0,
      counts: {},
      attempts: Math.max(record.starts, 1),
    });
  } finally {
    lease.release();
    await progress.flush();
  }
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
