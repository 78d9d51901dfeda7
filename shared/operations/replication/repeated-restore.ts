import { replicatedRestoreName } from '../../platform/input/names';
import type { Replication } from '../../formats/manifests/replication';
import type { RunResult } from '../../formats/manifests/run';
import { askedAgainAfter } from '../runs/asked-again';
import type { Turn } from '../../formats/state/replication-turns';

/** After the fifth a day passes before each. 35 days later the turn is gone. */
const mostAttempts = 50;

/** How often the restore of a turn's backup was asked for, from its name. */
export function attemptOf(rule: Replication, target: string, { backup, restore }: Turn): number {
  const { metadata, spec } = rule;
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    if (restore === replicatedRestoreName(metadata.name, spec.source.vault, backup, target, attempt))
      return attempt;
  }
  return mostAttempts;
}

/**
 * Whether a restore that failed is asked for again. Never one that a person cancelled.
 * @param made how often it was asked for
 */
export function attemptDue(result: RunResult | undefined, made: number, now: Date): boolean {
  if (result?.phase !== 'Failed' || result.cancelled || made >= mostAttempts) return false;
  return now.getTime() >= Date.parse(result.completionTimestamp) + askedAgainAfter(made);
}
