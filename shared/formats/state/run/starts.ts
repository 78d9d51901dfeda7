import { noFunctionLeft } from '../../../platform/longest-function';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes } from '../json-object';
import { leaseDuration } from '../leases/leases';
import { type RunId, runStore } from '../run-keys';
import type { RunRecord } from '../run-record';

/** A run that has not ended after so many starts ends as failed. */
export const startCap = 10;

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
  if (record.finished) return { do: 'close' };
  if (!record.requested) return { do: openAge > requestOverdue ? 'forget' : 'wait' };
  if (record.leaseAge < leaseDuration) return { do: 'wait' };
  if (record.cancelled && !record.committed) return { do: 'cancel' };
  if (record.starts > 0 && record.startAge < startBackOff(record.starts)) return { do: 'wait' };
  if (record.starts >= startCap && !record.committed) return { do: 'give-up' };
  return { do: 'start', k: record.starts + 1 };
}

/** `start-<k>.json`: false when somebody else makes the k-th start. */
export async function claimStart(state: ObjectStore, run: RunId, k: number, by: string): Promise<boolean> {
  const { created } = await runStore(state, run).create(
    `start-${k}.json`,
    documentBytes({ kind: 'Start', k, by }),
  );
  return created;
}
