import { instant } from '../../formats/manifests/instant';
import { isKind } from '../../platform/errors';
import { findResult } from '../../formats/state/run/results';
import type { ObjectStore } from '../../platform/oss/port';
import { type Series, slotInName, stemsOf } from './series';
import type { Tick } from './tick-context';

/** No run is open for so long. Milliseconds. */
const longestRun = 35 * 24 * 3_600_000;

/** Takes note of the backups of a series that came to their end since the last tick. A request for each that was under way. */
export async function settleBackups({ context, memory, now }: Tick, series: Series): Promise<void> {
  const known = memory.of(series.schedule.metadata.name, series.cluster);
  const stems = stemsOf(series);
  const still: string[] = [];
  for (const name of known.waiting ?? []) {
    const slot = slotInName(stems, name);
    if (!slot || now.getTime() - slot.getTime() > longestRun) continue;
    const outcome = await outcomeOf(context.state, name);
    if (outcome === undefined) still.push(name);
    else if (outcome === 'Completed') noteGood(known, slot);
  }
  if (still.length > 0) known.waiting = still;
  else delete known.waiting;
}

/** Undefined while it is under way. An outcome that cannot be read must not hold the series up for ever. */
async function outcomeOf(state: ObjectStore, name: string): Promise<string | undefined> {
  try {
    return (await findResult(state, { kind: 'backups', name }))?.phase;
  } catch (error) {
    if (!isKind(error, 'invalid')) throw error;
    return 'unreadable';
  }
}

/** The newest counts. */
export function noteGood(known: { good?: string }, slot: Date): void {
  if (known.good === undefined || Date.parse(known.good) < slot.getTime()) known.good = instant(slot);
}
