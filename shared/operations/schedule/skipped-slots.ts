import { isKind } from '../../platform/errors';
import type { Schedule } from '../../formats/manifests/schedule';
import { graceOf } from './overdue';
import { slotsOf } from './slots';

const day = 24 * 3_600_000;

/**
 * The skipped slots of a schedule that decide something at `now` or later. Those before the newest slot whose backup has been
 * overdue for a day, if it is missing, decide nothing any more. All of them if the schedule says no time.
 */
export function skipsToKeep(schedule: Schedule, now: Date): string[] {
  const { skipSlots = [] } = schedule.spec;
  try {
    const settled = slotsOf(schedule).newest(new Date(now.getTime() - graceOf(schedule) - day));
    return settled ? skipSlots.filter((slot) => Date.parse(slot) > settled.at.getTime()) : skipSlots;
  } catch (error) {
    if (!isKind(error, 'invalid')) throw error;
    return skipSlots;
  }
}
