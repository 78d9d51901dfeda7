import { readTimerEvent } from '../shared/fc/timer-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { fillFreedPlaces } from '../shared/installation/ticks/fill-freed-places';
import { tick } from '../shared/installation/ticks/tick';

/**
 * Every minute: asks for the backups that are due, then starts every open run again that nobody works on. While runs wait for
 * a place at their cluster it stays until shortly before the next minute.
 */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  const installation = await installationOfFunction(context);
  const outcome = await tick(installation);
  return { ...outcome, later: await fillFreedPlaces(installation, outcome) };
}
