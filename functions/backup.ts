import { readWorkerEvent } from '../shared/fc/worker-event';
import { carryOutBackup } from '../shared/installation/carry-out-backup';
import { installationOfFunction } from '../shared/installation/from-function';

/** Started for one backup by whoever asked for it, and again by the tick until the backup has an outcome. */
export async function handler(event: Buffer, context: unknown) {
  const run = readWorkerEvent(event, 'backups');
  const result = await carryOutBackup(await installationOfFunction(context), run);
  return { name: run.name, phase: result?.phase ?? 'InProgress' };
}
