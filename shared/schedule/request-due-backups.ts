import { isKind, messageOf } from '../errors';
import type { BackupRequest } from '../manifests/run';
import type { Schedule } from '../manifests/schedule';
import { requestRun } from '../runs/request-run';
import type { RunContext } from '../runs/run-context';
import { readHint, writeHint } from '../state/hints';
import { findRequest } from '../state/requests';
import type { State } from '../state/state';
import { dueSlot } from './due-slot';
import { scheduledRequest } from './scheduled-request';

/** What a tick did about the schedules. */
export interface DueReport {
  /** Backups asked for by this tick. */
  requested: string[];
  failed: { schedule: string; reason: string }[];
}

/** Last slot seen by schedule and cluster; without it each tick looks the request up. */
type SlotHint = Record<string, string>;

const hintName = 'slots';

/**
 * Asks for the backup of every slot that is due and was not asked for. The name is the idempotency key: ticks that come
 * late, twice or at once make one backup for a slot. A schedule that cannot be read or is wrong is reported and passed over.
 */
export async function requestDueBackups(
  context: RunContext,
  { schedules }: Pick<State, 'schedules'>,
): Promise<DueReport> {
  const { items, unreadable } = await schedules.list();
  const report: DueReport = {
    requested: [],
    failed: unreadable.map(({ name, reason }) => ({ schedule: name, reason })),
  };
  const seen = slotHint(await readHint(context.state, hintName));
  const before = JSON.stringify(seen);
  for (const schedule of items) {
    try {
      report.requested.push(...(await requestDue(context, schedule, seen)));
    } catch (error) {
      report.failed.push({ schedule: schedule.metadata.name, reason: messageOf(error) });
    }
  }
  for (const { schedule, reason } of report.failed) {
    context.log.error(`Schedule ${schedule} was passed over`, { name: schedule, error: reason });
  }
  if (JSON.stringify(seen) !== before) await writeHint(context.state, hintName, seen);
  return report;
}

async function requestDue(context: RunContext, schedule: Schedule, seen: SlotHint): Promise<string[]> {
  const slot = dueSlot(schedule, context.clock.now());
  if (!slot) return [];
  const requested: string[] = [];
  for (const cluster of schedule.spec.clusters) {
    const request = scheduledRequest(schedule, cluster, slot);
    const { name } = request.metadata;
    const key = `${schedule.metadata.name}/${cluster}`;
    if (seen[key] === name) continue;
    if (!(await wasRequested(context, request)) && (await askFor(context, request))) requested.push(name);
    seen[key] = name;
  }
  return requested;
}

/** False when another tick was first. */
async function askFor(context: RunContext, request: BackupRequest): Promise<boolean> {
  try {
    return (await requestRun(context, request)).created;
  } catch (error) {
    // Another tick may have asked from the schedule as it was a moment ago.
    if (isKind(error, 'conflict') && (await wasRequested(context, request))) return false;
    throw error;
  }
}

/** True when this slot's backup was asked for, from this schedule as it is or as it was. */
async function wasRequested({ state }: RunContext, { metadata, schedule }: BackupRequest): Promise<boolean> {
  const earlier = await findRequest(state, { kind: 'backups', name: metadata.name });
  if (earlier?.kind !== 'BackupRequest') return false;
  return earlier.schedule?.name === schedule?.name && earlier.schedule?.slot === schedule?.slot;
}

function slotHint(value: unknown): SlotHint {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, name]) => typeof name === 'string'));
}
