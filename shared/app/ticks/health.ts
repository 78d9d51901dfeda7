import { heartbeatAge, silentAfter } from '../../formats/state/run/heartbeat';
import type { Installation } from '../installation';

/** Whether the ticks come. `starting` before the first one, `silent` when the last is more than ten minutes old. */
export interface Health {
  status: 'ok' | 'starting' | 'silent';
  installation: string;
  /** Since the last tick ended. */
  secondsSinceTick?: number;
}

/** By OSS's time alone: one request. */
export async function healthOf({ id, state }: Pick<Installation, 'id' | 'state'>): Promise<Health> {
  const age = await heartbeatAge(state.store);
  if (age === undefined) return { status: 'starting', installation: id };
  return {
    status: age > silentAfter ? 'silent' : 'ok',
    installation: id,
    secondsSinceTick: Math.max(0, Math.round(age / 1_000)),
  };
}
