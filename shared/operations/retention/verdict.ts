import { instant } from '../../formats/manifests/instant';
import type { DeletionRequest } from '../../formats/state/deletions';
import { type JudgedBackup, newestFirst, type Rules, type Series, seriesKey } from './judged-backup';
import { isGood, keptByRules } from './keep-slots';
import { type Suspects, suspectsOf } from './suspects';

/** What becomes of a backup, and why. */
export interface Verdict {
  name: string;
  delete: boolean;
  /** For people: `kept: weekly 2 of 4`, `expired: its TTL ended 2026-11-22T02:00:00Z and no rule keeps it`. */
  reason: string;
  series?: Series;
  /** OSS's time at which it was committed. */
  madeAt?: Date;
  items?: number;
  /** Why a person should look at it; it fills no slot until one has accepted it. */
  suspect?: string;
  /** A person decided that it goes; it can be taken back until the next pass. */
  deletion?: Pick<DeletionRequest, 'who' | 'at'>;
}

/** What is so outside of the vault, at the moment of judging. */
export interface Circumstances {
  /** OSS's time. */
  now: Date;
  /** By schedule: its rules, or none; `unreadable` when its manifest cannot be read. Schedules that are gone are not in it. */
  schedules: ReadonlyMap<string, Rules | 'none' | 'unreadable'>;
  /** Decided, and nothing of the backup is deleted yet. */
  deletions: ReadonlyMap<string, DeletionRequest>;
  /** Under legal hold. */
  held: ReadonlySet<string>;
  /** Suspects that a person has accepted. */
  accepted: ReadonlySet<string>;
  /** Named by open restores. */
  inUse: ReadonlySet<string>;
  /** Whose own run is open. */
  unfinished: ReadonlySet<string>;
  /** Why nothing at all may go at the moment: something could not be read that decides. */
  blocked?: string;
}

/**
 * Which backups of one vault go, and why each goes or stays. The decision is this function's alone, and a function of what
 * it is given. A backup goes when a person decided so and it is not under legal hold, else only when its TTL is over and nothing
 * keeps it.
 */
export function verdicts(backups: readonly JudgedBackup[], circumstances: Circumstances): Verdict[] {
  const ours = backups.filter(({ untouchable }) => untouchable === undefined);
  const series = new Map<string, JudgedBackup[]>();
  for (const backup of ours) {
    if (!backup.series) continue;
    const key = seriesKey(backup.series);
    const others = series.get(key);
    if (others) others.push(backup);
    else series.set(key, [backup]);
  }
  const reasons = new Map<string, string[]>();
  const suspect = new Map<string, string>();
  for (const members of series.values()) judgeSeries(members, circumstances, reasons, suspect);
  for (const { name, why } of unmeasured(backups, ours))
    reasons.set(name, [...(reasons.get(name) ?? []), why]);
  return backups.map((backup) =>
    verdict(backup, reasons.get(backup.name) ?? [], suspect.get(backup.name), circumstances),
  );
}

/** The backups that would be measured against one that may not be read. */
function* unmeasured(
  backups: readonly JudgedBackup[],
  ours: readonly JudgedBackup[],
): Generator<{ name: string; why: string }, void> {
  const oldestFirst = [...ours].sort(newestFirst).reverse();
  for (const { name, unread, madeAt } of backups) {
    if (!unread) continue;
    const next = oldestFirst.find(
      ({ series, madeAt: later }) =>
        series?.schedule === unread.schedule && series.cluster === unread.cluster && later >= madeAt,
    );
    if (next) yield { name: next.name, why: `backup ${name}, which it is measured against, cannot be read` };
  }
}

/** Adds why each backup of a series stays whatever its TTL. */
function judgeSeries(
  members: readonly JudgedBackup[],
  { accepted, schedules }: Circumstances,
  reasons: Map<string, string[]>,
  suspect: Map<string, string>,
): void {
  const sorted = [...members].sort(newestFirst);
  const suspects = suspectsOf(sorted, accepted);
  const trusted = sorted.filter(({ name }) => !suspects.reasons.has(name));
  const rules = rulesOf(sorted, schedules);
  const slots = typeof rules === 'object' ? keptByRules(trusted, rules) : new Map<string, string[]>();
  const standing = lastResorts(sorted, trusted);
  for (const { name } of sorted) {
    const found = [...(slots.get(name) ?? []), ...(standing.get(name) ?? []), ...doubt(name, suspects)];
    if (rules === 'unreadable') found.push('its schedule cannot be read');
    reasons.set(name, found);
  }
  for (const [name, why] of suspects.reasons) suspect.set(name, why);
}

/** Of a schedule that is gone, the rules go on that its newest backup was asked for under. */
function rulesOf(
  [newest]: readonly JudgedBackup[],
  schedules: Circumstances['schedules'],
): Rules | 'none' | 'unreadable' {
  if (!newest?.series) return 'none';
  return schedules.get(newest.series.schedule) ?? newest.promised ?? 'none';
}

/** What never goes, rules or none: the newest Completed one, and what failed in part after it and can be read. */
function lastResorts(
  sorted: readonly JudgedBackup[],
  trusted: readonly JudgedBackup[],
): Map<string, string[]> {
  const completed = sorted.find(({ phase }) => phase === 'Completed');
  const good = trusted.find(isGood);
  const kept = new Map<string, string[]>();
  const since = good?.madeAt.getTime() ?? Number.NEGATIVE_INFINITY;
  for (const backup of sorted) {
    const { name, phase, archiveReads } = backup;
    if (backup === good) kept.set(name, ['newest Completed of its schedule and cluster']);
    else if (backup === completed) kept.set(name, ['newest Completed, though not known to be good']);
    else if (phase === 'PartiallyFailed' && archiveReads && backup.madeAt.getTime() >= since) {
      kept.set(name, ['PartiallyFailed, and no newer one is Completed']);
    }
  }
  return kept;
}

function doubt(name: string, { reasons, measures }: Suspects): string[] {
  const why = reasons.get(name);
  const other = measures.get(name);
  return [
    ...(why === undefined ? [] : [`suspect until a person accepts it: ${why}`]),
    ...(other === undefined ? [] : [`suspect ${other} is measured against it`]),
  ];
}

function verdict(
  backup: JudgedBackup,
  bySeries: readonly string[],
  suspect: string | undefined,
  { now, held, inUse, unfinished, deletions, blocked }: Circumstances,
): Verdict {
  const { name, series, madeAt, items, untouchable, ttlEnds } = backup;
  const decided = deletions.get(name);
  if (decided?.by === 'person' && !held.has(name)) {
    const { who, at } = decided;
    const reason = `asked: ${who} asked for its deletion ${at}; the next hourly pass deletes it`;
    return {
      name,
      ...(madeAt.getTime() > 0 && { madeAt, items }),
      delete: true,
      reason,
      deletion: { who, at },
    };
  }
  if (untouchable !== undefined) return { name, delete: false, reason: `kept: ${untouchable}` };
  const known = { name, ...(series && { series }), madeAt, items, ...(suspect !== undefined && { suspect }) };
  const over = ttlEnds !== undefined && ttlEnds <= now;
  const kept = [
    ...(held.has(name) ? ['under legal hold'] : []),
    ...(inUse.has(name) ? ['an open restore names it'] : []),
    ...(unfinished.has(name) ? ['its run is not finished'] : []),
    ...bySeries,
    ...(ttlEnds === undefined ? ['it has no TTL that can be read'] : []),
    ...(ttlEnds && !over ? [`TTL until ${instant(ttlEnds)}`] : []),
    ...(over && blocked !== undefined ? [blocked] : []),
  ];
  if (kept.length > 0) return { ...known, delete: false, reason: `kept: ${kept.join('; ')}` };
  const rules = series ? ' and no rule keeps it' : '';
  return { ...known, delete: true, reason: `expired: its TTL ended ${instant(ttlEnds!)}${rules}` };
}
