import type { Schedule } from '../manifests/schedule';
import { cronAt } from './cron';

/**
 * The newest slot of a schedule that is due at `now` and later than its `startAt`; undefined when there is none. Slots
 * that were missed before it are passed over: after an outage one backup is made, not one for each slot.
 */
export function dueSlot(schedule: Schedule, now: Date): Date | undefined {
  const { schedule: expression, timeZone, startAt, paused } = schedule.spec;
  if (paused) return undefined;
  // `prev` looks for slots before its date; a slot at this very second is due.
  const justAfter = new Date(Math.floor(now.getTime() / 1_000) * 1_000 + 1_000);
  const slot = cronAt(expression, timeZone, justAfter).prev().toDate();
  return slot > new Date(startAt) ? slot : undefined;
}

/** The next time that a schedule comes due after `now`. */
export function nextSlot(schedule: Schedule, now: Date): Date {
  const from = new Date(Math.max(now.getTime(), Date.parse(schedule.spec.startAt)));
  return cronAt(schedule.spec.schedule, schedule.spec.timeZone, from).next().toDate();
}
