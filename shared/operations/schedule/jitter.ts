import { createHash } from 'node:crypto';
import { parseGoDuration } from '../../formats/manifests/go-duration';
import type { Schedule } from '../../formats/manifests/schedule';

/** How much later than its slots a schedule is due, whole seconds in milliseconds: by its name alone, always the same. */
export function jitterOf({ metadata, spec }: Schedule): number {
  if (spec.jitter === undefined) return 0;
  const digest = createHash('sha256').update(metadata.name).digest();
  const seconds = Math.floor(parseGoDuration(spec.jitter) / 1_000);
  return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * (seconds + 1)) * 1_000;
}
