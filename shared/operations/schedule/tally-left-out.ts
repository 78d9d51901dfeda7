import { instant } from '../../formats/manifests/instant';
import type { LeftOut, WhyLeftOut } from '../../formats/state/left-out';

/** A slot that was passed over. Milliseconds. */
export interface Passed {
  at: number;
  why: WhyLeftOut;
  reason: string;
}

/** Reasons beyond these are counted by their kind only. */
const mostReasons = 10;
/** Errors of an API server may be long. */
const longestReason = 300;

const general: Record<WhyLeftOut, string> = {
  held: 'other backups were running',
  missed: 'no tick asked for them in time',
  failed: 'they could not be asked for, for other reasons',
  window: 'outside other windows',
  skipped: 'skipped by a person',
};

/** The record with more slots, which come after those that it has, in order. */
export function tallied(
  record: LeftOut,
  passed: readonly Passed[],
  { until, more }: { until: string; more: boolean },
): LeftOut {
  const reasons = record.reasons.map((each) => ({ ...each }));
  for (const { at, why, reason } of passed) {
    const text = reason.slice(0, longestReason);
    const known = reasons.find((each) => each.why === why && each.reason === text);
    const full = known === undefined && reasons.length >= mostReasons;
    const tally =
      known ?? (full ? reasons.find((each) => each.why === why && each.reason === general[why]) : undefined);
    const slot = instant(new Date(at));
    if (tally) {
      tally.slots += 1;
      tally.last = slot;
    } else reasons.push({ why, reason: full ? general[why] : text, slots: 1, first: slot, last: slot });
  }
  return {
    ...record,
    until,
    slots: record.slots + passed.length,
    ...((more || record.more) && { more: true }),
    reasons,
  };
}
