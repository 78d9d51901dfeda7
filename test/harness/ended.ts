import type { RunResult } from '../../shared/formats/manifests/run';
import type { Pausing } from '../../shared/operations/runs/pausing';

/** The outcome of an attempt that is not to pause. */
export function ended(outcome: RunResult | Pausing): RunResult {
  if ('paused' in outcome) throw new Error(`it pauses: ${outcome.paused.message}`);
  return outcome;
}
