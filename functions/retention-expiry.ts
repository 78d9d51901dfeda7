import { readTimerEvent } from '../shared/fc/timer-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { hourly } from '../shared/installation/hourly';

/** Every hour: replicates what no event told of, and deletes from each vault the backups whose time is over. */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  return hourly(await installationOfFunction(context));
}
