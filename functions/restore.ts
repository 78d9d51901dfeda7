import { readWorkerEvent } from '../shared/fc/worker-event';
import { keepWorkerHeapSmall } from '../shared/fc/worker-heap';
import { carryOutRestore } from '../shared/installation/runs/carry-out-restore';
import { installationOfFunction } from '../shared/installation/from-function';

keepWorkerHeapSmall();

/** Started for one restore by whoever asked for it, and again by the tick until the restore has an outcome. */
export async function handler(event: Buffer, context: unknown) {
  const run = readWorkerEvent(event, 'restores');
  const result = await carryOutRestore(await installationOfFunction(context), run);
  return { name: run.name, phase: result?.phase ?? 'InProgress' };
}
