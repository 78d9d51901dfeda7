import { isKind, LifeboatError, messageOf } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import { isName, longestSharedStem, longestStem } from '../../platform/input/names';
import type { BackupRequest, RunRequest } from '../../formats/manifests/run';
import { requestRun } from '../runs/request-run';
import type { RunContext } from '../runs/run-context';
import type { WhyLeftOut } from '../../formats/state/left-out';
import { findRequest } from '../../formats/state/run/requests';
import { openBackupOf } from './open-backups';
import { scheduledRequest } from './scheduled-request';
import type { Series } from './series';
import type { Tick } from './tick-context';

/**
 * Sees to it that the backup of a due slot was asked for once, by this tick or another: the name is the idempotency key.
 * True when this tick asked for it.
 * Throws `conflict` when another request has the name, and reports the slot; `invalid` when it would be too long.
 */
export async function requestSlot(tick: Tick, series: Series, slot: Date): Promise<boolean> {
  const { context, memory, report } = tick;
  const { schedule, cluster } = series;
  const known = memory.of(schedule.metadata.name, cluster);
  const request = scheduledRequest(schedule, cluster, slot);
  const { name } = request.metadata;
  assertFits(request, series);
  let created = false;
  const earlier = await requestNamed(context, name);
  if (!isSameSlot(earlier, request)) {
    const other = await blockedBy(tick, series, name);
    if (other !== undefined) {
      const reason = `backup ${other} is under way, and concurrency is forbid`;
      report.held.push({ schedule: schedule.metadata.name, cluster, slot: instant(slot), reason });
      known.held = instant(slot);
      delete known.putOff;
      noteUnasked(tick, series, slot, 'held', `backup ${other} was running`);
      return false;
    }
    created = await askFor(tick, series, request, earlier === undefined);
    if (created) report.requested.push(name);
  }
  known.asked = instant(slot);
  delete known.held;
  delete known.putOff;
  if (known.newest === known.asked) delete known.unasked;
  known.waiting = [...new Set([...(known.waiting ?? []), name])];
  return created;
}

/**
 * Remembers why the newest slot is not asked for yet, for the record that is made when it is passed over. That a slot is too late
 * follows from what kept it from its time, which is remembered.
 */
export function noteUnasked(
  { memory }: Pick<Tick, 'memory'>,
  { schedule, cluster }: Series,
  at: Date,
  why: WhyLeftOut,
  reason: string,
): void {
  const known = memory.of(schedule.metadata.name, cluster);
  const slot = instant(at);
  // What an earlier slot met is not on record yet.
  if (known.newest !== slot) return;
  if (why === 'missed' && known.unasked) return;
  known.unasked = { slot, why, reason };
}

async function blockedBy(tick: Tick, series: Series, name: string): Promise<string | undefined> {
  if (series.schedule.spec.concurrency === 'allow') return undefined;
  const others = (await tick.openBackups()).filter((open) => open !== name);
  return openBackupOf(tick.context.state, series, others);
}

/**
 * False when another tick was first.
 * @param absent nobody had asked for the name a moment ago
 */
async function askFor(
  { context, report }: Tick,
  series: Series,
  request: BackupRequest,
  absent: boolean,
): Promise<boolean> {
  try {
    return (await requestRun(context, request, { absent })).created;
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error;
    const { name } = request.metadata;
    const { slot } = request.schedule!;
    const earlier = await requestNamed(context, name);
    // Another tick may have asked from the schedule as it was a moment ago.
    if (isSameSlot(earlier, request)) return false;
    // Nobody has the name: the bucket refuses every claim.
    if (!earlier) throw error;
    report.taken.push({
      schedule: series.schedule.metadata.name,
      cluster: series.cluster,
      slot,
      backup: name,
    });
    throw new LifeboatError('conflict', `its slot of ${slot} is not backed up: ${messageOf(error)}`, {
      hint: 'the next slot has another name; `lifeboat schedule run` makes a backup now',
      cause: error,
    });
  }
}

function requestNamed({ state }: RunContext, name: string): Promise<RunRequest | undefined> {
  return findRequest(state, { kind: 'backups', name });
}

/** True when this slot's backup was asked for, from this schedule as it is or as it was. */
function isSameSlot(
  earlier: RunRequest | undefined,
  { cluster, schedule }: Pick<BackupRequest, 'cluster' | 'schedule'>,
): boolean {
  if (earlier?.kind !== 'BackupRequest') return false;
  const { name, slot } = earlier.schedule ?? {};
  return name === schedule?.name && slot === schedule?.slot && earlier.cluster === cluster;
}

/** Names of clusters that a selector found are not known when the schedule is made. */
function assertFits({ metadata, cluster }: BackupRequest, { schedule }: Series): void {
  if (isName(metadata.name)) return;
  const longest = (schedule.spec.installationInNames ? longestSharedStem : longestStem) - 1;
  throw new LifeboatError('invalid', `cluster "${cluster}" gives backup "${metadata.name}" too long a name`, {
    hint: `shorten the name of the schedule or of the cluster: together they may have ${longest} characters`,
  });
}
