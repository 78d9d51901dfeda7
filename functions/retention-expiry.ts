import { readTimerEvent } from '../shared/fc/timer-event';
import { expireInstallation } from '../shared/installation/expire';
import { installationOfFunction } from '../shared/installation/from-function';

/** Every hour: deletes from each vault the backups whose time is over. */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  return expireInstallation(await installationOfFunction(context));
}
