import pLimit from 'p-limit';
import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import type { Schedule } from '../../formats/manifests/schedule';
import type { RunContext } from '../runs/run-context';
import type { DueReport } from './due-report';
import { dueSlot } from './due-slot';
import { readKnownSchedules } from './known-schedules';
import { openBackupNames } from './open-backups';
import { reportOverdue } from './report-overdue';
import { requestSlot } from './request-slot';
import { scheduleClusters } from './schedule-clusters';
import { readMemory } from './series-memory';
import { settleBackups } from './settle-backups';
import { slotsOf } from './slots';
import type { SchedulePlaces, Tick } from './tick-context';
import { wallClocks } from './wall-clock';

const atOnce = 8;

/** In the memory of a schedule that selects its clusters: the slot that was seen to for all of them. */
const allClusters = '*';

/**
 * Asks for the backup of every slot that is due and was not asked for, and says which schedules are overdue. Ticks that
 * come late, twice or at once make one backup for a slot. Never fails as a whole for a schedule that cannot be read or is
 * wrong: it is reported and passed over. Costs three requests, and some for each schedule that changed, has a slot due or
 * a backup under way, or is overdue.
 */
export async function requestDueBackups(context: RunContext, places: SchedulePlaces): Promise<DueReport> {
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
  await Promise.all(
    items.map((schedule) =>
      limit(() => tend(tick, schedule, (error, unasked) => failed(schedule.metadata.name, error, unasked))),
    ),
  );
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

/** One cluster that fails stops no other, and a slot that cannot be asked for hides from nobody that it is overdue. */
async function tend(
  tick: Tick,
  schedule: Schedule,
  failed: (reason: string, unasked?: boolean) => void,
): Promise<void> {
  try {
    const slots = slotsOf(schedule, tick.clockOf);
    const due = dueSlot(schedule, tick.now, slots);
    const slot = 'slot' in due ? due.slot.at : undefined;
    for (const cluster of await clustersToTend(tick, schedule, slot, failed)) {
      const series = { schedule, cluster };
      const { taken } = tick.report;
      // The name is too long, or another request has it: other schedules do not meet that.
      const isOwnFault = (error: unknown) =>
        isKind(error, 'invalid') ||
        taken.some((each) => each.schedule === schedule.metadata.name && each.cluster === cluster);
      const request = async () => slot && requestSlot(tick, series, slot);
      const steps = [() => settleBackups(tick, series), request, () => reportOverdue(tick, series, slots)];
      for (const step of steps)
        await step().catch((error) =>
          failed(`cluster ${cluster}: ${messageOf(error)}`, step === request && !isOwnFault(error)),
        );
    }
  } catch (error) {
    failed(messageOf(error));
  }
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
