import type { Clock } from '../../../shared/platform/clock';

/** The time as API servers write it: RFC 3339 without fractions. */
export function serverTime(clock: Clock): string {
  return `${clock.now().toISOString().slice(0, 19)}Z`;
}
