import { parseGoDuration } from '../../formats/manifests/go-duration';
import type { Schedule } from '../../formats/manifests/schedule';
import { type Slots, slotsOf } from './slots';

const defaultGrace = 3_600_000;

/** How long after a slot its good backup must be there. Milliseconds. */
export function graceOf({ spec: { overdueAfter } }: Schedule): number {
  return overdueAfter === undefined ? defaultGrace : parseGoDuration(overdueAfter);
}

/**
 * The slot whose backup is overdue at `now`: the newest that should have a good (Completed) backup by now and has not,
 * nor a newer one. Undefined when all is well, and while the schedule is paused.
 * @param good slot of the newest good backup of one cluster
 * @param since the cluster was not the schedule's before: its slots up to then are not expected. Milliseconds
 */
export function overdueSlot(
  schedule: Schedule,
  good: Date | undefined,
  now: Date,
  { slots = slotsOf(schedule), since = Number.NEGATIVE_INFINITY }: { slots?: Slots; since?: number } = {},
): Date | undefined {
  if (schedule.spec.paused) return undefined;
  const expected = slots.newest(new Date(now.getTime() - graceOf(schedule)));
  if (!expected || expected.at.getTime() <= since) return undefined;
  return good !== undefined && good >= expected.at ? undefined : expected.at;
}
