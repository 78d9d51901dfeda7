import { readWorkerEvent } from '../shared/app/fc/worker-event';
import { keepWorkerHeapSmall } from '../shared/app/fc/worker-heap';
import { carryOutBackup } from '../shared/app/runs/carry-out-backup';
import { carryOutCopy } from '../shared/app/runs/carry-out-copy';
import { installationOfFunction } from '../shared/app/from-function';

keepWorkerHeapSmall();

/** Started for one backup, or a copy of one, by whoever asked for it, and again by the tick until it has an outcome. */
export async function handler(event: Buffer, context: unknown) {
  const run = readWorkerEvent(event, 'backups', 'copies');
  const work = run.kind === 'copies' ? carryOutCopy : carryOutBackup;
  const result = await work(await installationOfFunction(context), run);
  return { name: run.name, phase: result?.phase ?? 'InProgress' };
}
