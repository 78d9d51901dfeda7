import type { RunRequest } from '../../formats/manifests/run';
import { longestPatience, noPatience, type Patience } from '../../operations/runs/refusal';
import { slotsOf } from '../../operations/schedule/slots';
import type { Installation } from '../installation';

/** A backup of which something is missing stays so: its restore is tried again for some minutes only. */
const longestAbsence = 10 * 60_000;

/**
 * How long after its request a run that was refused is tried again, in milliseconds: none where a person asked for it, who
 * sees the error and asks again; else an hour, or until the next slot of its schedule, whose backup is the next try.
 */
export async function patienceOf(
  { state }: Pick<Installation, 'state'>,
  request: RunRequest,
): Promise<Patience> {
  if (request.kind === 'PlanRequest') return noPatience;
  if (request.kind === 'RestoreRequest') {
    if (request.replication === undefined) return noPatience;
    return { denied: longestPatience, absent: longestAbsence };
  }
  if (request.schedule === undefined) return noPatience;
  if (request.kind === 'CopyRequest') return forBoth(longestPatience);
  const { name, slot } = request.schedule;
  const at = Date.parse(slot);
  try {
    const schedule = await state.schedules.find(name);
    const next = schedule && slotsOf(schedule).next(new Date(at));
    return forBoth(next ? Math.min(next.at.getTime() - at, longestPatience) : longestPatience);
  } catch {
    // A schedule that cannot be read names no other slot.
    return forBoth(longestPatience);
  }
}

function forBoth(ms: number): Patience {
  return { denied: ms, absent: ms };
}
