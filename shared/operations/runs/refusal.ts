import { isKind } from '../../platform/errors';
import { recordIn } from '../../formats/state/run-record';
import { startBackOff } from '../../formats/state/run/starts';
import type { ObjectStore } from '../../platform/oss/port';

/**
 * How long refusals are tried again for a run that a schedule or a rule requested: an hour, and the start that is due soon
 * after. Milliseconds.
 */
export const longestPatience = 65 * 60_000;

/** Milliseconds after the request in which another start must be due; 0 ends the run at the first such error. */
export interface Patience {
  /** For `denied`. */
  denied: number;
  /** For `not-found`. */
  absent: number;
}

export const noPatience: Patience = { denied: 0, absent: 0 };

/**
 * Whether an error is a refusal (`denied`, `not-found`) that may be over at the next start of a run: a token that is renewed,
 * rights that are being changed, an authorizer that restarts.
 * @param run bound to the run's folder
 */
export async function refusalMayPass(
  run: ObjectStore,
  error: unknown,
  { denied, absent }: Patience,
): Promise<boolean> {
  const patience = isKind(error, 'denied') ? denied : isKind(error, 'not-found') ? absent : 0;
  if (patience === 0) return false;
  const { requestAge, starts } = await recordIn(run);
  return requestAge + startBackOff(Math.max(starts, 1)) < patience;
}
