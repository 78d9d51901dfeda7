import pLimit from 'p-limit';
import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import type { Schedule } from '../../formats/manifests/schedule';
import type { RunContext } from '../runs/run-context';
import type { DueReport } from './due-report';
import { type DueSlot, dueSlot } from './due-slot';
import { readKnownSchedules } from './known-schedules';
import { openBackupNames } from './open-backups';
import { reportOverdue } from './report-overdue';
import { noteLeftOut } from './note-left-out';
import { noteUnasked, requestSlot } from './request-slot';
import { scheduleClusters } from './schedule-clusters';
import type { Series } from './series';
import { readMemory } from './series-memory';
import { settleBackups } from './settle-backups';
import { type Slots, slotsOf } from './slots';
import type { SchedulePlaces, Tick } from './tick-context';
import { askForOldest, tickShare, type WaitingSlot } from './tick-share';
import { wallClocks } from './wall-clock';

const atOnce = 8;

/** In the memory of a schedule that selects its clusters: the slot that was seen to for all of them. */
const allClusters = '*';

/**
 * Asks for the backup of every slot that is due and was not asked for, and says which schedules are overdue. Ticks that
 * come late, twice or at once make one backup for a slot. Asks for no more than `share`; the next tick goes on with what
 * waited longest. Never fails as a whole for a schedule that cannot be read or is
 * wrong: it is reported and passed over. Costs three requests, and some for each schedule that changed, has a slot due or
 * a backup under way, or is overdue.
 */
export async function requestDueBackups(
  context: RunContext,
  places: SchedulePlaces,
  share = tickShare,
): Promise<DueReport> {
  // Before the schedules are read: a slot after it may be named otherwise by a change that comes meanwhile.
  const now = context.clock.now();
  const report: DueReport = { requested: [], held: [], overdue: [], taken: [], failed: [] };
  const [memory, { known, save }] = await Promise.all([
    readMemory(context.state),
    readKnownSchedules(context.state),
  ]);
  const { items, unreadable } = await places.schedules.list(known);
  const tick = tickOf(context, places, { now, memory, report });
  const failed = (schedule: string, reason: string, unasked = false) => {
    report.failed.push({ schedule, reason, ...(unasked && { unasked }) });
    context.log.error(`Schedule ${schedule} was passed over`, { name: schedule, error: reason });
  };
  for (const { name, reason } of unreadable) failed(name, reason);
  const limit = pLimit(atOnce);
  const found = await Promise.all(
    items.map((schedule) =>
      limit(() => seriesOf(tick, schedule, (error) => failed(schedule.metadata.name, error))),
    ),
  );
  const series = found.flat();
  /** One cluster that fails stops no other, and a slot that cannot be asked for hides from nobody that it is overdue. */
  const passedOver = ({ schedule, cluster }: Series, error: unknown, unasked = false) =>
    failed(schedule.metadata.name, `cluster ${cluster}: ${messageOf(error)}`, unasked);
  const forEach = (step: (series: TendedSeries) => Promise<void>) =>
    Promise.all(
      series.map((each) => limit(() => step(each).catch((error: unknown) => passedOver(each, error)))),
    );
  await forEach((each) => settleBackups(tick, each));
  await forEach(async (each) => {
    const due = dueOf(tick, each);
    const newest = 'slot' in due ? due.slot : due.missed?.slot;
    if (newest) await noteLeftOut(tick, each, each.slots, newest);
  });
  await askForOldest(tick, waitingSlots(tick, series), share, async (waiting) => {
    try {
      return await requestSlot(tick, waiting.series, waiting.slot.at);
    } catch (error) {
      const own = isOwnFault(tick, waiting.series, error);
      noteUnasked(tick, waiting.series, waiting.slot.at, 'failed', messageOf(error));
      // The next slot has another name.
      if (own) delete memory.of(waiting.series.schedule.metadata.name, waiting.series.cluster).putOff;
      passedOver(waiting.series, error, !own);
      return false;
    }
  });
  for (const each of series) noteTooLate(tick, each);
  await forEach((each) => reportOverdue(tick, each, each.slots));
  const present = new Set([
    ...items.map(({ metadata }) => metadata.name),
    ...unreadable.map(({ name }) => name),
  ]);
  memory.keep((schedule) => present.has(schedule));
  await Promise.all([memory.save(), save()]);
  return report;
}

function tickOf(
  context: RunContext,
  places: SchedulePlaces,
  { now, memory, report }: Pick<Tick, 'now' | 'memory' | 'report'>,
): Tick {
  let registered: ReturnType<Tick['registered']> | undefined;
  let open: ReturnType<Tick['openBackups']> | undefined;
  return {
    context,
    places,
    now,
    memory,
    report,
    clockOf: wallClocks(),
    registered() {
      registered ??= places.clusters.list();
      return registered;
    },
    openBackups() {
      open ??= openBackupNames(context.state);
      return open;
    },
  };
}

/** A schedule and one of its clusters, with what a tick works out once for both. */
interface TendedSeries extends Series {
  slots: Slots;
  /** That is due for all clusters of the schedule. */
  due: DueSlot;
}

async function seriesOf(
  tick: Tick,
  schedule: Schedule,
  failed: (reason: string) => void,
): Promise<TendedSeries[]> {
  try {
    const slots = slotsOf(schedule, tick.clockOf);
    const due = dueSlot(schedule, tick.now, slots);
    const slot = 'slot' in due ? due.slot.at : undefined;
    const clusters = await clustersToTend(tick, schedule, slot, failed);
    return clusters.map((cluster) => ({ schedule, cluster, slots, due }));
  } catch (error) {
    failed(messageOf(error));
    return [];
  }
}

/** What is due for one series, for which ticks may have put a slot off. */
function dueOf({ memory, now }: Tick, { schedule, cluster, slots, due }: TendedSeries): DueSlot {
  const { putOff } = memory.of(schedule.metadata.name, cluster);
  return putOff === undefined ? due : dueSlot(schedule, now, slots, new Date(putOff));
}

/** Remembers why the newest slot of a series has no backup, for the record that is made when it is passed over. */
function noteTooLate(tick: Tick, series: TendedSeries): void {
  const { asked, putOff } = tick.memory.of(series.schedule.metadata.name, series.cluster);
  const due = dueOf(tick, series);
  if ('slot' in due) {
    if (putOff === undefined || asked === instant(due.slot.at)) return;
    noteUnasked(tick, series, due.slot.at, 'missed', 'no tick had room for it');
  } else if (due.missed) noteUnasked(tick, series, due.missed.slot.at, 'missed', due.missed.reason);
}

function waitingSlots(tick: Tick, series: readonly TendedSeries[]): WaitingSlot[] {
  return series.flatMap((each) => {
    const { asked } = tick.memory.of(each.schedule.metadata.name, each.cluster);
    const due = dueOf(tick, each);
    return 'slot' in due && asked !== instant(due.slot.at) ? [{ series: each, slot: due.slot }] : [];
  });
}

/** The name is too long, or another request has it: other schedules do not meet that. */
function isOwnFault({ report }: Tick, { schedule, cluster }: Series, error: unknown): boolean {
  return (
    isKind(error, 'invalid') ||
    report.taken.some((each) => each.schedule === schedule.metadata.name && each.cluster === cluster)
  );
}

/**
 * A selector is looked at once for each slot; in between, the clusters that it selected then are remembered. While the manifest
 * of any cluster cannot be read the slot is not seen to, so that the next tick looks again, and those that were selected before
 * and cannot be read now are neither passed over nor forgotten.
 */
async function clustersToTend(
  { memory, registered }: Tick,
  schedule: Schedule,
  slot: Date | undefined,
  failed: (reason: string) => void,
): Promise<string[]> {
  const { name } = schedule.metadata;
  if (!schedule.spec.clusterSelector) return schedule.spec.clusters;
  const seen = memory.of(name, allClusters);
  const remembered = memory.clusters(name).filter((cluster) => cluster !== allClusters);
  if (!slot || seen.asked === instant(slot)) return remembered;
  const { items, unreadable } = await registered();
  for (const { name: cluster, reason } of unreadable) failed(`cluster ${cluster} may be selected: ${reason}`);
  const unread = new Set(unreadable.map((cluster) => cluster.name));
  const clusters = [
    ...scheduleClusters(schedule, items),
    ...remembered.filter((cluster) => unread.has(cluster)),
  ];
  if (clusters.length === 0 && unread.size === 0) {
    throw new LifeboatError('not-found', 'its selector matches no cluster', {
      hint: 'label a cluster with `lifeboat cluster label`',
    });
  }
  memory.keep((other, cluster) => other !== name || cluster === allClusters || clusters.includes(cluster));
  if (unread.size === 0) seen.asked = instant(slot);
  return clusters;
}
