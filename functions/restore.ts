import { readWorkerEvent } from '../shared/app/fc/worker-event';
import { keepWorkerHeapSmall } from '../shared/app/fc/worker-heap';
import { carryOutPlan } from '../shared/app/runs/carry-out-plan';
import { carryOutRestore } from '../shared/app/runs/carry-out-restore';
import { installationOfFunction } from '../shared/app/from-function';

keepWorkerHeapSmall();

/** Started for one restore, or the plan of one, by whoever asked for it, and again by the tick until it has an outcome. */
export async function handler(event: Buffer, context: unknown) {
  const run = readWorkerEvent(event, 'restores', 'plans');
  const work = run.kind === 'plans' ? carryOutPlan : carryOutRestore;
  const result = await work(await installationOfFunction(context), run);
  return { name: run.name, phase: result?.phase ?? 'InProgress' };
}
