import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { fault } from '../../platform/input/parse';

const millisecondsOf: Record<string, number> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/**
 * A duration as Go writes it (`720h0m0s`, `1.5h`, `90s`), in milliseconds.
 * @throws LifeboatError `invalid` naming the text
 */
export function parseGoDuration(text: string): number {
  const match = /^([+-]?)((?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+|0)$/.exec(text);
  if (!match) {
    throw new LifeboatError('invalid', `"${text}" is not a duration`, { hint: 'write it as 720h or 1h30m' });
  }
  let total = 0;
  for (const [, number, unit] of (match[2] ?? '').matchAll(/(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|ns)/g)) {
    total += Number(number) * (millisecondsOf[unit ?? ''] ?? 0);
  }
  return match[1] === '-' ? -total : total;
}

/** Whole seconds as Go's Duration.String writes them: `720h0m0s`, `10m0s`, `0s`. */
export function formatGoDuration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const sign = milliseconds < 0 && seconds > 0 ? '-' : '';
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${sign}${minutes}m${seconds % 60}s` : `${sign}${seconds}s`;
}

const durationPattern = /^(?:(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+|0)$/;

/** Go's longest, 2^63 ns, in whole hours: what is longer no Velero reads, and no date is that far away. */
const longest = 2_562_047 * 3_600_000;

/** A duration as a person writes it; comes out as Velero keeps it: `720h` → `720h0m0s`. */
export const durationSchema = v.pipe(
  v.string(),
  v.regex(durationPattern, ({ input }) =>
    fault(`is not a duration: ${JSON.stringify(input.slice(0, 40))}`, 'write it as 720h or 1h30m'),
  ),
  v.check(
    (text) => !durationPattern.test(text) || parseGoDuration(text) <= longest,
    fault('is longer than 2562047h', 'give a shorter time: Velero reads none that is longer'),
  ),
  v.transform((text) => formatGoDuration(parseGoDuration(text))),
);

/** What Velero takes for no retention time, and for none at all (pkg/controller/backup_controller.go, prepareBackupRequest). */
export const defaultTtl = '720h0m0s';

/** A retention time. Nothing means the default: an expiration at the start would let a real Velero delete the backup at once. */
export const ttlSchema = v.pipe(
  durationSchema,
  v.transform((text) => (parseGoDuration(text) === 0 ? defaultTtl : text)),
);
