import { readTimerEvent } from '../shared/fc/timer-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { hourly } from '../shared/installation/ticks/hourly';
import { watchTicksBeside } from '../shared/installation/ticks/watch-ticks';

/**
 * Every hour: replicates what no event told of, deletes from each vault the backups whose time is over, and looks whether
 * the ticks still come.
 */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  const installation = await installationOfFunction(context);
  return watchTicksBeside(installation, () => hourly(installation));
}
