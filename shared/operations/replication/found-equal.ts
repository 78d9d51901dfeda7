import type { RunResult } from '../../formats/manifests/run';

/**
 * True when a restore left every object that was selected equal to the backup: it was found so, or was just made or changed to
 * be so. One that exists and differs, or failed, makes it false.
 */
export function isFoundEqual({ phase, errors, counts }: RunResult): boolean {
  return phase === 'Completed' && errors === 0 && !counts.different && !counts.failed;
}
