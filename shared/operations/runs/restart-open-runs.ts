import pLimit from 'p-limit';
import { messageOf } from '../../platform/errors';
import { type OpenRun, openRuns } from '../../formats/state/run/open-runs';
import type { RunContext } from './run-context';
import { type StartOutcome, startRun } from './start-run';
import { Turns } from './turns';

/** How many open runs came to which end, and those that could not be looked at. */
export interface TickReport {
  outcomes: Record<StartOutcome, number>;
  /** Those that wait for a place at their cluster, who waits longest first. */
  held: OpenRun[];
  failed: { name: string; reason: string }[];
}

/**
 * Looks at every open run and does what is due. One that cannot be looked at is reported and passed over.
 * @param among the open ones, where the caller knows them
 */
export async function restartOpenRuns(from: RunContext, among?: readonly OpenRun[]): Promise<TickReport> {
  const context = { ...from, turns: from.turns ?? new Turns() };
  const outcomes = { sent: 0, waiting: 0, held: 0, closed: 0, 'gave-up': 0, cancelled: 0 };
  const report: TickReport = { outcomes, held: [], failed: [] };
  const limit = pLimit(8);
  const pending: Promise<void>[] = [];
  const open: OpenRun[] = [...(among ?? [])];
  if (!among) for await (const run of openRuns(context.state)) open.push(run);
  // Who waits longest is first to get a place.
  open.sort((a, b) => b.age - a.age);
  for (const run of open) {
    pending.push(
      limit(async () => {
        try {
          const outcome = await startRun(context, run, { openAge: run.age });
          report.outcomes[outcome] += 1;
          if (outcome === 'held') report.held.push(run);
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
