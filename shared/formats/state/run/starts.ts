import { noFunctionLeft } from '../../../platform/longest-function';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes } from '../json-object';
import { isHeld } from '../leases/leases';
import { type RunId, runStore } from '../run-keys';
import { type RunRecord, startsInVain } from '../run-record';

/** A run that has not ended after so many starts ends as failed. */
export const startCap = 10;

/**
 * Starts beyond the cap of a run that may have left something in its cluster: they do nothing else but clear up and end it.
 */
const clearingStarts = 3;

/** How old start k must be before start k+1 is due: 2, 4, 8, 16, 32, then 60 minutes. */
export function startBackOff(k: number): number {
  return Math.min(2 ** k, 60) * 60_000;
}

/**
 * What is to be done about a run:
 * - `close`: it is finished, only its `open/` mark is left
 * - `wait`: somebody holds the lease, or the last start is too young
 * - `start`: start k is due
 * - `give-up`: the cap is reached. Never after the commit: that is only left to be replayed
 * - `cancel`: somebody wants it to end, and nobody works on it. Never after the commit
 * - `forget`: opened, but never asked for
 */
export type NextStep =
  | { do: 'close' | 'wait' | 'give-up' | 'cancel' | 'forget' }
  | { do: 'start'; k: number };

/** An opened run whose request did not come within this time never gets one: no function lives longer than 24 h. */
const requestOverdue = noFunctionLeft;

export function nextStep(record: RunRecord, openAge: number): NextStep {
  if (record.finished) return afterItsEnd(record);
  if (!record.requested) return { do: openAge > requestOverdue ? 'forget' : 'wait' };
  if (isHeld(record)) return { do: 'wait' };
  const { pause, starts, committed, touches } = record;
  const inVain = startsInVain(record);
  const mayStart = committed || mayStartAgain(record);
  // Only a worker can clear up in the cluster.
  if (record.cancelled && !committed && !(touches && mayStart)) return { do: 'cancel' };
  const isPaused = pause && inVain === 0 && !record.cancelled;
  if (isPaused && pause.age < pause.seconds * 1_000) return { do: 'wait' };
  if (inVain > 0 && record.startAge < startBackOff(inVain)) return { do: 'wait' };
  if (!mayStart) return { do: 'give-up' };
  return { do: 'start', k: starts + 1 };
}

/** A run that has ended is started again for its snapshots alone, for as long as it takes. */
function afterItsEnd(record: RunRecord): NextStep {
  const { cleanup, starts, startAge } = record;
  if (cleanup !== 'asked') return { do: 'close' };
  if (isHeld(record) || startAge < startBackOff(starts)) return { do: 'wait' };
  return { do: 'start', k: starts + 1 };
}

/** Whether a run that is not committed has starts left, those that only clear up among them. */
export function mayStartAgain(record: RunRecord): boolean {
  return startsInVain(record) < startCap + (record.touches ? clearingStarts : 0);
}

/** How long a run pauses that has paused so often: 1, 2, 4, then 5 minutes. Seconds. */
export function pauseAfter(pauses: number): number {
  return Math.min(2 ** Math.min(pauses, 9), 5) * 60;
}

/** Whether the starts of a run are used up, so that a worker has only to clear up. */
export function isGivenUp(record: RunRecord): boolean {
  return !record.committed && startsInVain(record) > startCap;
}

/** `start-<k>.json`: false when somebody else makes the k-th start. */
export async function claimStart(state: ObjectStore, run: RunId, k: number, by: string): Promise<boolean> {
  const { created } = await runStore(state, run).create(
    `start-${k}.json`,
    documentBytes({ kind: 'Start', k, by }),
  );
  return created;
}
