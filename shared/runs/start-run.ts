import { markClosed } from '../state/open-runs';
import { runRecord } from '../state/run-record';
import { type RunId, runWord, taskId } from '../state/run-keys';
import { claimStart, nextStep } from '../state/starts';
import { giveUp } from './give-up';
import type { RunContext } from './run-context';

/** What was done about a run: `sent` a worker, `closed` a finished one, or left it as it is. */
export type StartOutcome = 'sent' | 'waiting' | 'closed' | 'gave-up';

/**
 * Does what is due about one run: starts its worker, closes it, gives it up, or nothing.
 * Any number of callers may do this at once; each start is made by one of them.
 * @param openAge how long the run is open, by OSS's clock, in milliseconds
 */
export async function startRun(context: RunContext, run: RunId, openAge = 0): Promise<StartOutcome> {
  const step = nextStep(await runRecord(context.state, run), openAge);
  switch (step.do) {
    case 'wait':
      return 'waiting';
    case 'close':
    case 'forget':
      await markClosed(context.state, run);
      return 'closed';
    case 'give-up':
      return (await giveUp(context, run)) ? 'gave-up' : 'waiting';
    case 'start': {
      if (!(await claimStart(context.state, run, step.k, context.holder))) return 'waiting';
      await context.dispatcher.start(run, taskId(context.installation, run, step.k));
      context.log.info(`Started a worker for ${runWord(run.kind)} ${run.name}`, {
        name: run.name,
        start: step.k,
      });
      return 'sent';
    }
  }
}
