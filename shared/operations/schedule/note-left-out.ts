import { instant } from '../../formats/manifests/instant';
import { selectedSince } from '../../formats/manifests/selection/labelled-at';
import { tellLeftOut } from '../notifications/tell-left-out';
import {
  findLeftOut,
  type LeftOut,
  makeRoomForLeftOut,
  putLeftOut,
  type SeriesName,
} from '../../formats/state/left-out';
import { newestAsked } from './asked-slots';
import { isWanted, leftOutText } from './left-out-text';
import type { Series } from './series';
import type { SeriesMemory } from './series-memory';
import { type Point, type Slot, type Slots, startOf } from './slots';
import { type Passed, tallied } from './tally-left-out';
import type { Tick } from './tick-context';

/** Requests for slots are looked up this far back: finished runs are kept as long. Milliseconds. */
const longestLookup = 35 * 24 * 3_600_000;
/** Maximum number of slots that one tick counts: a day of minutes. It bounds the CPU that one schedule may take. */
const mostCounted = 1_440;

const missed = { why: 'missed', reason: 'no tick ran before the next slot was due' } as const;

/**
 * Records the slots of a series that were passed over, when its newest slot is another than the last tick saw; logs them, and
 * tells people of those that were wanted. Costs nothing while the newest slot stays, nor when no slot lies between the two.
 * @param newest the newest slot that is due
 */
export async function noteLeftOut(tick: Tick, series: Series, slots: Slots, newest: Slot): Promise<void> {
  const { context, memory } = tick;
  const name = { schedule: series.schedule.metadata.name, cluster: series.cluster };
  const known = memory.of(name.schedule, name.cluster);
  const last = known.newest ?? known.asked;
  if (last !== undefined && Date.parse(last) >= newest.at.getTime()) return;
  const start = Math.max(startOf(series.schedule), await selectedAt(tick, series, known));
  const from = Math.max(start, Date.parse(last ?? instant(new Date(start))));
  if (known.unasked || !isEmpty(pointsBetween(slots, from, newest))) {
    const record = await updated(tick, { name, series, slots, known, start, newest });
    if (record) await tell(context, name, record);
  }
  known.newest = instant(newest.at);
  delete known.unasked;
}

async function tell(
  { state, clock, log }: Tick['context'],
  name: SeriesName,
  record: LeftOut,
): Promise<void> {
  const text = leftOutText(record);
  const wanted = isWanted(record);
  const line = `Schedule ${name.schedule} left slots of cluster ${name.cluster} out ${text}`;
  log[wanted ? 'warn' : 'info'](line, { name: name.schedule });
  if (wanted) await tellLeftOut({ state, clock }, { ...name, first: record.first, text });
}

interface Move {
  name: SeriesName;
  series: Series;
  slots: Slots;
  known: SeriesMemory;
  /** No slot up to here counts. Milliseconds. */
  start: number;
  newest: Slot;
}

/**
 * The record of all slots since the last one that was asked for, brought up to `newest` and stored. Undefined if there are none.
 * What was asked for and what is recorded is read from the state, since the memory of ticks may be stale or lost.
 */
async function updated({ context: { state } }: Tick, move: Move): Promise<LeftOut | undefined> {
  const { name, series, slots, known, start, newest } = move;
  const at = newest.at.getTime();
  const jitter = newest.due.getTime() - at;
  const remembered =
    known.asked !== undefined && Date.parse(known.asked) < at ? Date.parse(known.asked) : undefined;
  const asked = await newestAsked(state, series, {
    after: remembered ?? Math.max(start, at - longestLookup),
    before: at,
    isSlot: (slot) => !isEmpty(slots.all(new Date(slot + jitter - 1), new Date(slot + jitter))),
  });
  const since = instant(new Date(asked ?? remembered ?? start));
  const found = await findLeftOut(state, name, since);
  if (found && Date.parse(found.until) >= at) return found;
  const { passed, more } = passedOver(move, Date.parse(since), found && Date.parse(found.until));
  if (passed.length === 0) return found;
  const record = tallied(found ?? (await begun(since)), passed, { until: instant(newest.at), more });
  await putLeftOut(state, name, record);
  return record;

  async function begun(slot: string): Promise<LeftOut> {
    const before = await makeRoomForLeftOut(state, name);
    const first = before && before.until === slot && isWanted(before) ? before.first : slot;
    return { since: slot, until: slot, slots: 0, reasons: [], first };
  }
}

/** @param recorded the newest slot when the record was written last; it was left out too */
function passedOver(
  { slots, known, start, newest }: Move,
  since: number,
  recorded: number | undefined,
): { passed: Passed[]; more: boolean } {
  const found = new Map<number, Passed>();
  const base = recorded ?? since;
  if (recorded !== undefined) found.set(recorded, { at: recorded, ...missed });
  let more = false;
  for (const point of pointsBetween(slots, Math.max(base, start), newest)) {
    more = found.size >= mostCounted;
    if (more) break;
    found.set(point.at.getTime(), { at: point.at.getTime(), ...reasonOf(point) });
  }
  // A slot that ticks saw, and could not ask for: also one that a change of the schedule has passed over since.
  const { slot, why, reason } = known.unasked ?? {};
  const seen = slot === undefined ? since : Date.parse(slot);
  if (why && reason && seen > since && seen >= base && seen < newest.at.getTime())
    found.set(seen, { at: seen, why, reason });
  return { passed: [...found.values()].sort((a, b) => a.at - b.at), more };
}

function reasonOf({ leftOut, by }: Point): Pick<Passed, 'why' | 'reason'> {
  if (leftOut === undefined) return missed;
  return { why: by === 'person' ? 'skipped' : 'window', reason: leftOut.replace(/^it (lies|was) /, '') };
}

/** The points in time that a schedule names between one of them and another slot. */
function pointsBetween(slots: Slots, after: number, { at, due }: Slot): Iterable<Point> {
  const jitter = due.getTime() - at.getTime();
  return slots.all(new Date(after + jitter), new Date(due.getTime() - 1));
}

function isEmpty(points: Iterable<Point>): boolean {
  for (const _ of points) return false;
  return true;
}

/** A cluster that a selector finds has no slots from before it was selected. Known once a slot was asked for. */
async function selectedAt(tick: Tick, { schedule, cluster }: Series, known: SeriesMemory): Promise<number> {
  const { clusterSelector } = schedule.spec;
  if (!clusterSelector || known.asked !== undefined) return 0;
  const found = (await tick.registered()).items.find(({ metadata }) => metadata.name === cluster);
  return (found && selectedSince(found.metadata, clusterSelector)) ?? 0;
}
