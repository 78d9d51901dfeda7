import { LifeboatError } from '../../platform/errors';
import type { RunKind, RunResult } from '../../formats/manifests/run';
import { askToCancel, cancelledBy } from '../../formats/state/run/cancellation';
import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import { listCommand, type RunId, runWord } from '../../formats/state/run-keys';
import { runRecord } from '../../formats/state/run-record';
import { mayStartAgain } from '../../formats/state/run/starts';
import type { ObjectStore } from '../../platform/oss/port';
import { type Ending, endRun } from './end-run';
import type { RunContext } from './run-context';

/**
 * Ends a run: at once when nobody works on it, else within seconds, by its worker. Where the caller may only ask, the next tick
 * ends a run without a worker. Answers with the outcome if there is one
 * already. A backup of which the commit stands is past that, and so is a run that has ended: `conflict`. Throws `not-found`
 * when nobody asked for the run. Asked for again, it is the same.
 */
export async function cancelRun(context: RunContext, run: RunId): Promise<RunResult | undefined> {
  const { state, holder } = context;
  const what = `${runWord(run.kind)} "${run.name}"`;
  if (!(await findRequest(state, run))) {
    throw new LifeboatError('not-found', `nobody asked for ${what}`, {
      hint: `see what there is with \`${listCommand(run.kind)}\``,
    });
  }
  const earlier = await findResult(state, run);
  if (earlier?.cancelled) return earlier;
  if (earlier) throw new LifeboatError('conflict', `${what} has ended already: ${earlier.phase}`);
  const record = await runRecord(state, run);
  if (record.committed) {
    throw new LifeboatError('conflict', `${what} is committed, and only being put into its vault`, {
      hint: `delete it when it is there: \`lifeboat backup delete ${run.name}\``,
    });
  }
  await askToCancel(state, run, holder);
  // What it left in its cluster only a worker can remove: the next tick starts one.
  const isLeftToWorker = record.touches && mayStartAgain(record);
  if (!context.asksOnly && !isLeftToWorker) await endCancelled(context, run);
  return findResult(state, run);
}

/** Ends a run that somebody wants to end and nobody works on. False as for `endRun`. */
export async function endCancelled(context: RunContext, run: RunId): Promise<boolean> {
  return endRun(context, run, (_, store) => cancellation(run.kind, store));
}

const leftovers: Partial<Record<RunKind, string>> = {
  restores: '; what it had restored stays in the cluster',
  copies: '; what it had copied stays in the vault, and is no backup yet',
};

/** The ending that a cancellation gives. */
export async function cancellation(kind: RunKind, run: ObjectStore): Promise<Ending> {
  const by = await cancelledBy(run);
  const left = leftovers[kind] ?? '';
  return { cancelled: true, reason: `cancelled by ${by}${left}` };
}
