import type { LeftOut } from '../../formats/state/left-out';

/** A record of slots that were left out, for people: `since 2026-11-22T02:00:00Z: 3 slots, backup x was running`. */
export function leftOutText({ since, slots, more, reasons }: LeftOut): string {
  const all = `since ${since}: ${more ? 'at least ' : ''}${slots} ${slots === 1 ? 'slot' : 'slots'}`;
  const [only, ...others] = reasons;
  if (only && others.length === 0) return `${all}, ${only.reason}`;
  return `${all}: ${reasons.map((each) => `${each.slots} (${each.reason})`).join(', ')}`;
}

/** True if a backup is missing that was wanted: not one that windows or a person left out. */
export function isWanted({ reasons }: LeftOut): boolean {
  return reasons.some(({ why }) => why !== 'window' && why !== 'skipped');
}
