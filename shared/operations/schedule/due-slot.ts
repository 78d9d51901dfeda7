import type { Schedule } from '../../formats/manifests/schedule';
import { type Slot, type Slots, slotsOf } from './slots';

/** The slot that a tick at `now` has to see to, or why there is none: `missed` is the newest slot, if it is too late for it. */
export type DueSlot = { slot: Slot } | { none: string; missed?: { slot: Slot; reason: string } };

/** A slot that a tick comes to within this time is no missed one. Milliseconds. */
export const onTime = 10 * 60_000;

/** For so long ticks go on with a slot that they had no room for as if they came on time. Milliseconds. */
const longestPutOff = 3_600_000;

/** No slot older than this is caught up with: the record of what was asked for is kept a little longer. Milliseconds. */
export const longestCatchUp = 30 * 24 * 3_600_000;

/**
 * Which slot of a schedule is due at `now`: a function of the manifest and the clock alone, so that every tick from one
 * slot to the next names the same. Of slots that were missed only the newest is ever due, and by `missedRun: skip` none;
 * one that was missed also waits for an allowed window. Whether it was asked for before is for the caller to know.
 * Throws LifeboatError `invalid` when the schedule says no time.
 * @param putOff when a slot came due that ticks had no room for: it comes before newer ones, and was not missed
 */
export function dueSlot(
  schedule: Schedule,
  now: Date,
  slots: Slots = slotsOf(schedule),
  putOff?: Date,
): DueSlot {
  if (schedule.spec.paused) return { none: 'the schedule is paused' };
  if (putOff && now.getTime() - putOff.getTime() <= longestPutOff) {
    const slot = slots.newest(putOff);
    // The schedule may have been changed since.
    if (slot?.due.getTime() === putOff.getTime()) return { slot };
  }
  const slot = slots.newest(now);
  if (!slot) return { none: 'no slot has come due yet' };
  const late = now.getTime() - slot.due.getTime();
  if (late <= onTime) return { slot };
  const missed = (none: string, cause: string) => ({
    none: `its newest slot was missed${none}`,
    missed: { slot, reason: `no tick ran in time, and ${cause}` },
  });
  if (schedule.spec.missedRun === 'skip') return missed(', and missedRun is skip', 'missedRun is skip');
  if (late > longestCatchUp) return missed(' more than 30 days ago', 'the next one ran after 30 days');
  if (!slots.mayStart(now)) return missed(', and no window is open now', 'no window was open when one ran');
  return { slot };
}
