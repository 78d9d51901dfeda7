import { atOnce } from '../../platform/at-once';
import { instant } from '../../formats/manifests/instant';
import type { RunResult } from '../../formats/manifests/run';
import { PlanLines } from '../../operations/restore/plan/plan-lines';
import { findStoredPlan, storePlan } from '../../operations/restore/plan/stored-plan';
import { type Attempt, carryOutRun } from '../../operations/runs/carry-out-run';
import { liveLog } from '../../formats/state/run/live-log';
import { planRequest } from '../../formats/state/run/requests';
import { recordIn } from '../../formats/state/run-record';
import { type RunId, runStore } from '../../formats/state/run-keys';
import { type Installation, runContext } from '../installation';
import { makePlan } from './plan-restore';

/**
 * Carries a requested plan out under its lease; undefined when another worker does. An attempt that finds the plan made, by
 * one that died before it could say so, only says so.
 */
export async function carryOutPlan(installation: Installation, run: RunId): Promise<RunResult | undefined> {
  const { state, clock } = installation;
  const store = runStore(state.store, run);
  const [request, found] = await atOnce(planRequest(state.store, run.name), recordIn(store));
  const { kind: _kind, ...asked } = request;
  const live = liveLog(store, clock, { plan: run.name });
  const startTimestamp = instant(clock.now());
  const work: Attempt = async (lease, progress) => {
    try {
      const { head } =
        (lease.attempt > 1 ? await findStoredPlan(store) : undefined) ??
        (await makePlan(
          installation,
          { kind: 'RestoreRequest', ...asked },
          { lease, progress },
          async (made, objects) => {
            const lines = new PlanLines();
            for await (const one of objects) lines.add(one);
            await lease.renew();
            return storePlan(store, lease.attempt, made, lines);
          },
        ));
      for (const { message, count } of head.problems) live.warn(`${message} (${count})`);
      live.info('the plan is made', head.counts);
      return {
        kind: 'RunResult',
        phase: 'Completed',
        startTimestamp,
        completionTimestamp: instant(clock.now()),
        errors: 0,
        warnings: head.problems.length,
        counts: head.counts,
        attempts: lease.attempt,
      };
    } finally {
      await live.flush();
    }
  };
  return carryOutRun(runContext(installation), run, work, { request, found });
}
