import { readTimerEvent } from '../shared/fc/timer-event';
import { expireInstallation } from '../shared/installation/expire';
import { installationOfFunction } from '../shared/installation/from-function';
import { watchTicksBeside } from '../shared/installation/watch-ticks';

/** Every hour: deletes from each vault the backups whose time is over, and looks whether the ticks still come. */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  const installation = await installationOfFunction(context);
  return watchTicksBeside(installation, () => expireInstallation(installation));
}
