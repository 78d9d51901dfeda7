import pLimit from 'p-limit';
import { messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import { selectedSince } from '../../formats/manifests/selection/labelled-at';
import type { Schedule } from '../../formats/manifests/schedule';
import { lastGoodBackup } from '../../operations/schedule/last-good-backup';
import { isGoodOfSeries, isOfSeries } from '../../operations/schedule/of-series';
import { leftOutText } from '../../operations/schedule/left-out-text';
import { overdueSlot } from '../../operations/schedule/overdue';
import { scheduleClusters } from '../../operations/schedule/schedule-clusters';
import { slotInName, stemsOf } from '../../operations/schedule/series';
import { slotsOf } from '../../operations/schedule/slots';
import { type LeftOut, newestLeftOut } from '../../formats/state/left-out';
import { findRun, runNames } from '../../formats/state/run/runs';
import type { Installation } from '../installation';

/** How a schedule stands. Times are RFC 3339. */
export interface ScheduleStatus {
  /** The next slots, none while it is paused, each with the time at which it is due. */
  next: { slot: string; due: string }[];
  clusters: ClusterStatus[];
  /** Why this cannot be told. */
  problem?: string;
}

interface ClusterStatus {
  cluster: string;
  /** The newest backup that was asked for, and how far it is. */
  last?: { backup: string; phase: string };
  /** Slot of the newest Completed backup. */
  lastGood?: string;
  /** The slot whose backup is overdue. */
  overdue?: string;
  /** The newest stretches of slots without a backup, newest first; only where they were asked for. */
  leftOut?: (Omit<LeftOut, 'first'> & { text: string })[];
}

interface StatusOptions {
  /** Default 1. */
  nextSlots?: number;
  /** How many records of slots that were left out are read of each cluster. Default 0. */
  leftOut?: number;
}

/** How each of the schedules stands. One that cannot be told stops no other. */
export async function scheduleStatuses(
  installation: Installation,
  schedules: readonly Schedule[],
  options: StatusOptions = {},
): Promise<ScheduleStatus[]> {
  const { state } = installation;
  const bySelector = schedules.some(({ spec }) => spec.clusterSelector);
  const [registered, names] = await Promise.all([
    bySelector ? state.clusters.list().then(({ items }) => items) : [],
    schedules.length > 0 ? runNames(state.store, 'backups') : [],
  ]);
  const limit = pLimit(8);
  return Promise.all(
    schedules.map((schedule) =>
      limit(async () => {
        try {
          return await statusOf(installation, schedule, registered, names, options);
        } catch (error) {
          return { next: [], clusters: [], problem: messageOf(error) };
        }
      }),
    ),
  );
}

async function statusOf(
  installation: Installation,
  schedule: Schedule,
  registered: readonly ClusterManifest[],
  names: readonly string[],
  { nextSlots = 1, leftOut = 0 }: StatusOptions,
): Promise<ScheduleStatus> {
  const now = installation.clock.now();
  const vault = await installation.openVault(schedule.spec.vault);
  const clusters: ClusterStatus[] = [];
  for (const cluster of scheduleClusters(schedule, registered)) {
    const series = { schedule, cluster };
    const stems = stemsOf(series);
    const belongs = (name: string) => isOfSeries(installation.state.store, series, name);
    const last = await newestOf(names, stems, belongs);
    const run =
      last === undefined
        ? undefined
        : await findRun(installation.state.store, { kind: 'backups', name: last });
    const good = await lastGoodBackup(vault, stems, (name) =>
      isGoodOfSeries(installation.state.store, series, name),
    );
    const manifest = registered.find(({ metadata }) => metadata.name === cluster);
    const { clusterSelector } = schedule.spec;
    const since = manifest && clusterSelector && selectedSince(manifest.metadata, clusterSelector);
    const overdue = overdueSlot(schedule, good, now, { since });
    clusters.push({
      cluster,
      ...(run && { last: { backup: run.name, phase: run.phase } }),
      ...(good && { lastGood: instant(good) }),
      ...(overdue && { overdue: instant(overdue) }),
      ...(leftOut > 0 && { leftOut: await leftOutOf(installation, schedule, cluster, leftOut) }),
    });
  }
  return { next: upcoming(schedule, now, nextSlots), clusters };
}

/** Without those of an earlier schedule of the name. */
async function leftOutOf(
  { state }: Installation,
  { metadata, spec }: Schedule,
  cluster: string,
  count: number,
): Promise<NonNullable<ClusterStatus['leftOut']>> {
  const records = await newestLeftOut(state.store, { schedule: metadata.name, cluster }, count);
  return records
    .filter(({ until }) => Date.parse(until) > Date.parse(spec.startAt))
    .map((record) => {
      const { first: _, ...shown } = record;
      return { ...shown, text: leftOutText(record) };
    });
}

/** So many backups that are not of the series are passed over. */
const longestSearch = 20;

async function newestOf(
  names: readonly string[],
  stems: readonly string[],
  belongs: (name: string) => Promise<boolean>,
): Promise<string | undefined> {
  const series = names.filter((name) => slotInName(stems, name) !== undefined);
  for (const name of series.slice(-longestSearch).reverse()) if (await belongs(name)) return name;
  return undefined;
}

function upcoming(schedule: Schedule, now: Date, count: number): ScheduleStatus['next'] {
  if (schedule.spec.paused) return [];
  const slots = slotsOf(schedule);
  const found: ScheduleStatus['next'] = [];
  for (let from = now; found.length < count; ) {
    const slot = slots.next(from);
    if (!slot) break;
    found.push({ slot: instant(slot.at), due: instant(slot.due) });
    from = slot.due;
  }
  return found;
}
