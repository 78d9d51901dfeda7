import type { ObjectStore } from '../../platform/oss/port';
import { type JudgedBackup, seriesKey } from './judged-backup';
import { readRetentionHint, recalled } from './retention-hint';
import { suspectsOf } from './suspects';

/**
 * The suspects of a vault, each with the reason, as the last hourly pass knew its backups: one request. What landed since is
 * not judged yet.
 * @param accepted suspects that a person has accepted
 */
export async function knownSuspects(
  state: ObjectStore,
  vault: string,
  accepted: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const { backups } = await readRetentionHint(state, vault);
  const series = new Map<string, JudgedBackup[]>();
  for (const [name, { facts }] of Object.entries(backups)) {
    const backup = recalled(name, facts);
    if (!backup.series || backup.untouchable !== undefined) continue;
    const key = seriesKey(backup.series);
    const others = series.get(key);
    if (others) others.push(backup);
    else series.set(key, [backup]);
  }
  return new Map([...series.values()].flatMap((members) => [...suspectsOf(members, accepted).reasons]));
}
