import type { RunRequest } from '../../formats/manifests/run';
import { longestPatience } from '../../operations/runs/refusal';
import { slotsOf } from '../../operations/schedule/slots';
import type { Installation } from '../installation';

/**
 * How long after its request a run that was refused is tried again, in milliseconds: none where a person asked for it, who
 * sees the error and asks again; else an hour, or until the next slot of its schedule, whose backup is the next try.
 */
export async function patienceOf(
  { state }: Pick<Installation, 'state'>,
  request: RunRequest,
): Promise<number> {
  if (request.kind === 'PlanRequest') return 0;
  if (request.kind === 'RestoreRequest') return request.replication === undefined ? 0 : longestPatience;
  if (request.schedule === undefined) return 0;
  if (request.kind === 'CopyRequest') return longestPatience;
  const { name, slot } = request.schedule;
  const at = Date.parse(slot);
  try {
    const schedule = await state.schedules.find(name);
    const next = schedule && slotsOf(schedule).next(new Date(at));
    return next ? Math.min(next.at.getTime() - at, longestPatience) : longestPatience;
  } catch {
    // A schedule that cannot be read names no other slot.
    return longestPatience;
  }
}
