import type { Retention } from '../../formats/manifests/retention';
import { before, calendar, type Periods } from './calendar';
import { type JudgedBackup, newestFirst, type Rules } from './judged-backup';

type CountedRule = Exclude<keyof Retention, 'keepWithin' | 'keepLast' | 'keepFailed'>;

const periods: readonly [CountedRule, string, keyof Periods][] = [
  ['keepHourly', 'hourly', 'hour'],
  ['keepDaily', 'daily', 'day'],
  ['keepWeekly', 'weekly', 'week'],
  ['keepMonthly', 'monthly', 'month'],
  ['keepYearly', 'yearly', 'year'],
];

/**
 * Which backups of one series the rules keep, and by which of their slots: `weekly 2 of 4`. Each rule by itself, as
 * `restic forget` has it: of each of the newest so many periods that have a backup, its newest one. A slot is filled only by
 * what is good: Completed, its archive in the vault, and not suspect.
 * @param series without suspects
 */
export function keptByRules(
  series: readonly JudgedBackup[],
  { retention, timeZone }: Rules,
): Map<string, string[]> {
  const kept = new Map<string, string[]>();
  const keep = ({ name }: JudgedBackup, slot: string) => {
    const slots = kept.get(name);
    if (slots) slots.push(slot);
    else kept.set(name, [slot]);
  };
  const all = [...series].sort(newestFirst);
  const good = all.filter(isGood);

  const first = (backups: JudgedBackup[], count: number | undefined, word: string) => {
    for (const [at, backup] of backups.slice(0, count ?? 0).entries())
      keep(backup, `${word} ${at + 1} of ${count}`);
  };
  first(good, retention.keepLast, 'last');
  const periodsOf = calendar(timeZone);
  const dated = good.map((backup) => ({ backup, in: periodsOf(backup.madeAt) }));
  for (const [rule, word, period] of periods) {
    const count = retention[rule];
    if (count === undefined) continue;
    let filled = 0;
    let last: string | undefined;
    for (const { backup, in: its } of dated) {
      if (its[period] === last) continue;
      last = its[period];
      filled += 1;
      if (filled > count) break;
      keep(backup, `${word} ${filled} of ${count}`);
    }
  }
  const newest = good[0];
  if (retention.keepWithin !== undefined && newest) {
    const since = before(newest.madeAt, retention.keepWithin);
    for (const backup of all) if (backup.madeAt > since) keep(backup, `within ${retention.keepWithin}`);
  }
  first(
    all.filter(({ phase }) => phase !== 'Completed'),
    retention.keepFailed,
    'failed',
  );
  return kept;
}

export function isGood({ phase, archiveReads }: JudgedBackup): boolean {
  return phase === 'Completed' && archiveReads;
}
