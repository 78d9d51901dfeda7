import { installationAge } from '../../formats/state/manifests/installation-record';
import { heartbeatAge, silentAfter, startsWithin } from '../../formats/state/run/heartbeat';
import type { Installation } from '../installation';

/**
 * Whether the ticks come. `starting` before the first one; `silent` when the last is more than ten minutes old, or when none has
 * ended 15 minutes after the installation was made.
 */
export interface Health {
  status: 'ok' | 'starting' | 'silent';
  installation: string;
  /** Since the last tick ended; absent when none has ended yet. */
  secondsSinceTick?: number;
}

/** By OSS's time alone: one request, and a second one before the first tick. */
export async function healthOf({ id, state }: Pick<Installation, 'id' | 'state'>): Promise<Health> {
  const age = await heartbeatAge(state.store);
  if (age === undefined) {
    const sinceMade = (await installationAge(state.store)) ?? 0;
    return { status: sinceMade > startsWithin ? 'silent' : 'starting', installation: id };
  }
  return {
    status: age > silentAfter ? 'silent' : 'ok',
    installation: id,
    secondsSinceTick: Math.max(0, Math.round(age / 1_000)),
  };
}

/** How long no tick has ended, for a status that is `silent`: `for 12 minutes`. */
export function lengthOfSilence({ secondsSinceTick }: Health): string {
  if (secondsSinceTick === undefined) return 'since the installation was made';
  return `for ${Math.round(secondsSinceTick / 60)} minutes`;
}
