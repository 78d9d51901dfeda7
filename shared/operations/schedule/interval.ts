import { LifeboatError } from '../../platform/errors';
import { parseGoDuration } from '../../formats/manifests/go-duration';

const minute = 60_000;
const longest = 366 * 24 * 60 * minute;

/**
 * The milliseconds of an interval, `6h30m` or `@every 6h`; undefined for what is none. Throws LifeboatError `invalid` for
 * one that no tick could keep: less than a minute, or no whole seconds.
 */
export function readInterval(text: string): number | undefined {
  const [, every, duration = ''] = /^(@every\s+)?(\S+)$/.exec(text.trim()) ?? [];
  if (!every && !/^\d[\d.]*[a-zµ]/.test(duration)) return undefined;
  const interval = parseGoDuration(duration);
  const fault = faultOf(interval);
  if (fault === undefined) return interval;
  throw new LifeboatError('invalid', `schedule "${text.slice(0, 80)}" ${fault}`, {
    hint: 'write an interval of whole seconds, from 1m to 366 days, as in 6h30m',
  });
}

function faultOf(interval: number): string | undefined {
  if (interval < minute) return 'comes round more often than once a minute';
  if (interval > longest) return 'comes round less often than once a year';
  return interval % 1_000 === 0 ? undefined : 'has fractions of a second';
}
