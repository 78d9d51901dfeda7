import pLimit from 'p-limit';
import { messageOf } from '../errors';
import { type OpenRun, openRuns } from '../state/open-runs';
import type { RunContext } from './run-context';
import { type StartOutcome, startRun } from './start-run';
import { Turns } from './turns';

/** How many open runs came to which end, and those that could not be looked at. */
export interface TickReport {
  outcomes: Record<StartOutcome, number>;
  failed: { name: string; reason: string }[];
}

/** Looks at every open run and does what is due. One that cannot be looked at is reported and passed over. */
export async function restartOpenRuns(from: RunContext): Promise<TickReport> {
  const context = { ...from, turns: from.turns ?? new Turns() };
  const outcomes = { sent: 0, waiting: 0, held: 0, closed: 0, 'gave-up': 0, cancelled: 0 };
  const report: TickReport = { outcomes, failed: [] };
  const limit = pLimit(8);
  const pending: Promise<void>[] = [];
  const open: OpenRun[] = [];
  for await (const run of openRuns(context.state)) open.push(run);
  // Who waits longest is first to get a place.
  open.sort((a, b) => b.age - a.age);
  for (const run of open) {
    pending.push(
      limit(async () => {
        try {
          report.outcomes[await startRun(context, run, { openAge: run.age })] += 1;
        } catch (error) {
          const reason = messageOf(error);
          context.log.error(`Open run ${run.name} could not be looked at`, { name: run.name, error: reason });
          report.failed.push({ name: run.name, reason });
        }
      }),
    );
  }
  await Promise.all(pending);
  return report;
}
