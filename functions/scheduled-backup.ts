import { readTimerEvent } from '../shared/app/fc/timer-event';
import { installationOfFunction } from '../shared/app/from-function';
import { fillFreedPlaces } from '../shared/app/ticks/fill-freed-places';
import { tick } from '../shared/app/ticks/tick';

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
