import pLimit from 'p-limit';
import type { SeriesMemory } from './series-memory';
import type { Series } from './series';
import type { Slot } from './slots';
import type { Tick } from './tick-context';

/** How much one tick asks for: the next one comes in a minute. */
interface TickShare {
  /** Backups. */
  slots: number;
  /** Milliseconds from the start of the tick, after which it begins no other. */
  ms: number;
}

export const tickShare: TickShare = { slots: 1_000, ms: 40_000 };

const atOnce = 8;
const inOneGo = 2 * atOnce;

/** A slot of a series that is due, and that no tick is known to have seen to. */
export interface WaitingSlot {
  series: Series;
  slot: Slot;
}

/**
 * Has the slots asked for that waited longest, as many as one tick may, and writes down of the others that they were put off:
 * the next tick takes them first, and lateness does not count against them. Slots that the last tick could not ask for, because
 * a backup of the series is under way, come last, so that they keep no others waiting.
 * @param ask true when it asked for a backup; reports what it throws itself
 */
export async function askForOldest(
  { context: { clock, log }, memory }: Tick,
  waiting: readonly WaitingSlot[],
  { slots, ms }: TickShare,
  ask: (waiting: WaitingSlot) => Promise<boolean>,
): Promise<void> {
  const until = clock.monotonic() + ms;
  let left = slots;
  const ranked = waiting
    .map((each) => ({ each, known: memory.of(each.series.schedule.metadata.name, each.series.cluster) }))
    .map(({ each, known }) => ({ each, known, rank: rankOf(each.slot, known) }))
    .sort((a, b) => a.rank - b.rank);
  const limit = pLimit(atOnce);
  let next = 0;
  // One by one they would be slow; all at once nobody knows of how many a backup is asked for, and how many are held.
  while (next < ranked.length && left > 0 && clock.monotonic() < until) {
    const some = ranked.slice(next, next + Math.min(left, inOneGo));
    const asked = await Promise.all(some.map(({ each }) => limit(() => ask(each))));
    left -= asked.filter((created) => created).length;
    next += some.length;
  }
  const rest = ranked.slice(next);
  for (const { each, known } of rest) known.putOff ??= each.slot.due.toISOString();
  if (rest.length > 0)
    log.warn(`${rest.length} backups are due and put off: the next ticks ask for them, oldest first`);
}

/** The smaller the sooner. */
function rankOf({ at, due }: Slot, { putOff, held }: SeriesMemory): number {
  const since = putOff === undefined ? due.getTime() : Date.parse(putOff);
  const isHeld = held !== undefined && Date.parse(held) === at.getTime();
  return isHeld ? since + Number.MAX_SAFE_INTEGER / 2 : since;
}
