import { LifeboatError } from '../../platform/errors';
import { parseGoDuration } from '../../formats/manifests/go-duration';
import type { Schedule } from '../../formats/manifests/schedule';
import { skipsToKeep } from './skipped-slots';
import { slotsOf } from './slots';
import { timingOf } from './timing';

/** Each tick reads all windows of each schedule. */
const mostWindows = 100;

/** Each tick reads all of them. */
const mostSkipped = 100;

/**
 * Throws LifeboatError `invalid` unless the schedule comes due some time after `now`: its cron or interval names times that
 * exist, not all of them outside its windows, its jitter is less than the time between two of them, and its windows and
 * skipped slots are not more than a tick can look at.
 */
export function assertComesDue(schedule: Schedule, now: Date): void {
  const { metadata, spec } = schedule;
  for (const [kind, windows = []] of Object.entries(spec.windows ?? {})) {
    if (windows.length <= mostWindows) continue;
    throw invalid(
      metadata.name,
      `has ${windows.length} ${kind} windows, more than ${mostWindows}`,
      'join windows that follow each other, and remove dates that are over',
    );
  }
  assertSkips(schedule, now);
  const timing = timingOf(spec);
  const first = timing.after(Math.max(now.getTime(), Date.parse(spec.startAt)));
  if (first === undefined) {
    throw invalid(metadata.name, `"${spec.schedule}" never comes due`, 'correct the fields');
  }
  assertJitter(schedule, first);
  if (slotsOf({ ...schedule, spec: { ...spec, skipSlots: undefined } }).next(now)) return;
  const jitter = spec.jitter ? `, with its jitter of up to ${spec.jitter},` : '';
  throw invalid(
    metadata.name,
    `never comes due: every time of "${spec.schedule}"${jitter} lies outside its windows (${spec.timeZone})`,
    'widen the windows or move the schedule',
  );
}

/** Throws LifeboatError `invalid` if more than 100 slots are skipped that still decide something. */
export function assertSkips(schedule: Schedule, now: Date): void {
  const skipped = skipsToKeep(schedule, now).length;
  if (skipped <= mostSkipped) return;
  throw invalid(
    schedule.metadata.name,
    `has ${skipped} skipped slots, more than ${mostSkipped}`,
    'add a blackout window (`lifeboat schedule edit --blackout-window`), or pause the schedule',
  );
}

function assertJitter({ metadata, spec }: Schedule, first: number): void {
  if (spec.jitter === undefined) return;
  const timing = timingOf(spec);
  const jitter = parseGoDuration(spec.jitter);
  let tooLong = false;
  for (let slot: number | undefined = first, count = 0; slot !== undefined && count < 24; count += 1) {
    const following = timing.after(slot);
    if (following !== undefined && jitter >= following - slot) tooLong = true;
    slot = following;
  }
  if (!tooLong) return;
  throw invalid(
    metadata.name,
    `has a jitter of ${spec.jitter}, as long as the time between two of its slots`,
    'give a shorter one',
  );
}

function invalid(name: string, fault: string, hint: string): LifeboatError {
  return new LifeboatError('invalid', `schedule "${name}": ${fault}`, { hint });
}
