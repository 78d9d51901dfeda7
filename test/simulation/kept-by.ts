import type { Retention } from '../../shared/formats/manifests/retention';
import type { Committed } from './chronicle';
import { aheadOfUtc, wallTime, type Zone } from './wall-time';

const hour = 3_600_000;
const day = 24 * hour;

/** What decides about backups beside themselves. */
export interface Standings {
  now: number;
  held: ReadonlySet<string>;
  accepted: ReadonlySet<string>;
  /** Named by an open restore. */
  inUse: ReadonlySet<string>;
  /** Their own run is not closed. */
  unfinished: ReadonlySet<string>;
  /** Rules by schedule; those of a schedule that was deleted go on. */
  rules: ReadonlyMap<string, { retention?: Retention; zone: Zone }>;
}

/**
 * Every reason of docs/retention.md for which a visible backup stays, by backup. One without any is to go. Written from that
 * page, without the code under test.
 */
export function keptBy(backups: readonly Committed[], so: Standings): Map<string, string[]> {
  const reasons = new Map(backups.map(({ name }): [string, string[]] => [name, []]));
  const keep = (name: string, reason: string) => reasons.get(name)!.push(reason);
  for (const { name, at, ttl } of backups) {
    if (at + ttl > so.now) keep(name, 'TTL');
    if (so.held.has(name)) keep(name, 'legal hold');
    if (so.inUse.has(name)) keep(name, 'open restore');
    if (so.unfinished.has(name)) keep(name, 'open run');
  }
  const series = new Map<string, Committed[]>();
  for (const backup of backups) {
    if (backup.schedule === undefined) continue;
    const key = `${backup.schedule} ${backup.cluster} ${backup.clusterUid}`;
    series.set(key, [...(series.get(key) ?? []), backup]);
  }
  for (const members of series.values()) keepOfSeries(members, so, keep);
  return reasons;
}

type Keep = (name: string, reason: string) => void;

function keepOfSeries(members: Committed[], { accepted, rules }: Standings, keep: Keep): void {
  members.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1));
  const trusted: Committed[] = [];
  let measure: Committed | undefined;
  for (const each of members) {
    const shrunk = measure !== undefined && each.items < measure.items / 2;
    if (!accepted.has(each.name) && (each.items === 0 || shrunk)) {
      keep(each.name, 'suspect');
      if (each.items > 0) keep(measure!.name, 'measure of a suspect');
      continue;
    }
    trusted.push(each);
    if (each.phase === 'Completed') measure = each;
  }
  const newestFirst = trusted.toReversed();
  const good = newestFirst.filter(({ phase }) => phase === 'Completed');
  const newest = good[0];
  if (newest) keep(newest.name, 'newest Completed');
  const completed = members.findLast(({ phase }) => phase === 'Completed');
  if (completed && completed !== newest) keep(completed.name, 'newest Completed');
  for (const { name, at, phase } of members) {
    if (phase === 'PartiallyFailed' && at >= (newest?.at ?? 0)) keep(name, 'newer PartiallyFailed');
  }
  const { retention, zone } = rules.get(members[0]!.schedule!)!;
  if (!retention) return;
  for (const { name } of good.slice(0, retention.keepLast ?? 0)) keep(name, 'keepLast');
  for (const [rule, period] of Object.entries(periods)) {
    const wanted = retention[rule as keyof typeof periods] ?? 0;
    const seen = new Set<string>();
    for (const { name, at } of good) {
      const its = period(at, zone);
      if (seen.has(its)) continue;
      if (seen.size === wanted) break;
      seen.add(its);
      keep(name, rule);
    }
  }
  // The rules here count days alone.
  const within = Number.parseInt(retention.keepWithin ?? '0', 10) * day;
  for (const { name, at } of newestFirst)
    if (newest && at > newest.at - within && within > 0) keep(name, 'keepWithin');
  const failed = newestFirst.filter(({ phase }) => phase !== 'Completed');
  for (const { name } of failed.slice(0, retention.keepFailed ?? 0)) keep(name, 'keepFailed');
}

const shown = (at: number, zone: Zone, length: number) => wallTime(zone, at).toISOString().slice(0, length);

const periods = {
  keepHourly: (at: number, zone: Zone) => `${shown(at, zone, 13)} ${aheadOfUtc(zone, at)}`,
  keepDaily: (at: number, zone: Zone) => shown(at, zone, 10),
  keepWeekly(at: number, zone: Zone) {
    const wall = wallTime(zone, at);
    const sinceMonday = (wall.getUTCDay() + 6) % 7;
    return new Date(wall.getTime() - sinceMonday * day).toISOString().slice(0, 10);
  },
  keepMonthly: (at: number, zone: Zone) => shown(at, zone, 7),
  keepYearly: (at: number, zone: Zone) => shown(at, zone, 4),
};
