import { systemClock } from '../../shared/platform/system';
import type { Clock } from '../../shared/platform/clock';

/** A clock by which everything lasts `factor` times as long as it does: outages of minutes are waited out in seconds. */
export function quickClock(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
