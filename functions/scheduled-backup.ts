import { readTimerEvent } from '../shared/fc/timer-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { tick } from '../shared/installation/tick';

/** Every minute: asks for the backups that are due, then starts every open run again that nobody works on. */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  return tick(await installationOfFunction(context));
}
