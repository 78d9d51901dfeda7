import { readTimerEvent } from '../shared/app/fc/timer-event';
import { installationOfFunction } from '../shared/app/from-function';
import { hourly } from '../shared/app/ticks/hourly';
import { watchTicksBeside } from '../shared/app/ticks/watch-ticks';

/**
 * Every hour: replicates what no event told of, deletes from each vault the backups whose time is over, and looks whether
 * the ticks still come.
 */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  const installation = await installationOfFunction(context);
  return watchTicksBeside(installation, () => hourly(installation));
}
