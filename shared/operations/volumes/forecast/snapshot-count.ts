import { parseGoDuration } from '../../../formats/manifests/go-duration';
import { parseSpan } from '../../../formats/manifests/retention';
import type { Schedule } from '../../../formats/manifests/schedule';
import { LifeboatError } from '../../../platform/errors';
import type { JudgedBackup } from '../../retention/judged-backup';
import { keptByRules } from '../../retention/keep-slots';
import { slotsOf } from '../../schedule/slots';

/** How many snapshots of each claim a schedule makes. */
export interface SnapshotCount {
  /** In 30 days. */
  aMonth: number;
  /** At most, when the schedule has run for long enough. */
  atOnce: number;
}

/**
 * Manual snapshots that one disk of Alibaba Cloud takes: "The number of manual snapshots of the disk has reached 256"
 * refuses the next (https://www.alibabacloud.com/help/en/ecs/developer-reference/api-createsnapshot). Snapshots of CSI
 * drivers are manual ones.
 */
export const snapshotsPerDisk = 256;

const hour = 3_600_000;
const day = 24 * hour;
const month = 30 * day;

/** The content of a backup goes with the second pass at least 25 hours after its manifest. */
const lingers = 26 * hour;

/** Slots that are walked through: more of them are counted by their rate. It bounds the time to a fraction of a second. */
const mostSlots = 10_000;

/**
 * Counts what a schedule makes of each claim, by its slots and windows from `now` on, and what its TTL and its rules keep of
 * that. What people leave out and backups that fail do not count.
 */
export function snapshotCount(schedule: Schedule, now: Date): SnapshotCount {
  const { template, retention, timeZone } = schedule.spec;
  const ttl = parseGoDuration(template.ttl ?? '0') + lingers;
  const horizon = Math.max(month, ttl, ...rulesReach(retention ?? {}));
  const times = slotTimes(schedule, now, horizon);
  const newest = times.at(-1);
  if (newest === undefined) return { aMonth: 0, atOnce: 0 };
  const whole = times.length < mostSlots;
  const covered = whole ? horizon : newest - now.getTime();
  const rate = (span: number) => Math.ceil((times.length / covered) * span);
  const until = now.getTime() + month;
  const aMonth = month <= covered ? times.filter((at) => at <= until).length : rate(month);
  const byTtl = ttl <= covered ? mostWithin(times, ttl) : rate(ttl);
  if (!retention) return { aMonth, atOnce: byTtl };
  const kept = keptByRules(
    times.map((at) => backupAt(at)),
    { retention, timeZone },
  );
  const beyond = [...kept.keys()].filter((name) => Number(name) <= newest - ttl).length;
  return { aMonth, atOnce: byTtl + beyond + (whole ? 0 : unfilled(retention, kept)) };
}

/**
 * Throws `invalid` with the arithmetic for a schedule that asks for snapshots (`snapshotVolumes: true`) and keeps more of
 * them at once than a disk takes.
 */
export function assertSnapshotsFit(schedule: Schedule, now: Date, limit = snapshotsPerDisk): void {
  if (schedule.spec.template.snapshotVolumes !== true) return;
  const count = snapshotCount(schedule, now);
  if (count.atOnce <= limit) return;
  throw new LifeboatError(
    'invalid',
    `schedule "${schedule.metadata.name}" makes ${snapshotText(schedule, count, limit)}`,
    {
      hint: 'shorten the TTL (--ttl) or the rules, back up less often, or set snapshotVolumes to false; LIFEBOAT_SNAPSHOTS_PER_DISK sets another limit',
    },
  );
}

/** The arithmetic as a clause for people. */
export function snapshotText(
  { spec }: Schedule,
  { aMonth, atOnce }: SnapshotCount,
  limit = snapshotsPerDisk,
): string {
  const rules = spec.retention ? ' and by its rules' : '';
  return `${aMonth} snapshots a month of each claim; kept for the TTL of ${spec.template.ttl}${rules}, up to ${atOnce} of a disk exist at once, and a disk takes ${limit}`;
}

/** The most of the times that lie within one span. */
function mostWithin(times: readonly number[], span: number): number {
  let most = 0;
  let oldest = 0;
  for (const [at, time] of times.entries()) {
    while (times[oldest]! <= time - span) oldest += 1;
    most = Math.max(most, at - oldest + 1);
  }
  return most;
}

function slotTimes(schedule: Schedule, now: Date, horizon: number): number[] {
  const times: number[] = [];
  const until = new Date(now.getTime() + horizon);
  // Skipped slots are over soon, and a schedule of the future is one of now.
  const spec = { ...schedule.spec, skipSlots: undefined };
  for (const { at, by } of slotsOf({ ...schedule, spec }).all(now, until)) {
    if (by !== 'windows') times.push(at.getTime());
    if (times.length >= mostSlots) break;
  }
  return times;
}

/** How far back the backups lie that each rule keeps, at the most. */
function rulesReach(rules: NonNullable<Schedule['spec']['retention']>): number[] {
  const span = rules.keepWithin === undefined ? undefined : parseSpan(rules.keepWithin);
  return [
    (rules.keepHourly ?? 0) * hour,
    (rules.keepDaily ?? 0) * day,
    (rules.keepWeekly ?? 0) * 7 * day,
    (rules.keepMonthly ?? 0) * 31 * day,
    (rules.keepYearly ?? 0) * 366 * day,
    span ? (span.years * 366 + span.months * 31 + span.days) * day + span.hours * hour : 0,
  ].map((reach) => reach + day);
}

/** What rules would keep of backups that were not walked through: each rule is full in the end. */
function unfilled(
  rules: NonNullable<Schedule['spec']['retention']>,
  kept: ReadonlyMap<string, readonly string[]>,
): number {
  const slots = [...kept.values()].flat();
  const words = {
    hourly: 'keepHourly',
    daily: 'keepDaily',
    weekly: 'keepWeekly',
    monthly: 'keepMonthly',
    yearly: 'keepYearly',
  } as const;
  return Object.entries(words).reduce((sum, [word, rule]) => {
    const filled = slots.filter((slot) => slot.startsWith(`${word} `)).length;
    return sum + Math.max(0, (rules[rule] ?? 0) - filled);
  }, 0);
}

function backupAt(at: number): JudgedBackup {
  return { name: String(at), phase: 'Completed', items: 1, madeAt: new Date(at), archiveReads: true };
}
