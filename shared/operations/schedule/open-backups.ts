import type { ObjectStore } from '../../platform/oss/port';
import { openRuns } from '../../formats/state/run/open-runs';
import { runRecord } from '../../formats/state/run-record';
import { isOfSeries } from './of-series';
import { type Series, slotInName, stemsOf } from './series';

/** Names of all open backups: one listing. */
export async function openBackupNames(state: ObjectStore): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of openRuns(state, 'backups')) names.push(name);
  return names;
}

/** A backup of a series that was asked for and has no outcome yet, among the open ones; undefined when there is none. */
export async function openBackupOf(
  state: ObjectStore,
  series: Series,
  open: readonly string[],
): Promise<string | undefined> {
  const stems = stemsOf(series);
  for (const name of open) {
    if (!slotInName(stems, name)) continue;
    // A mark may be left of a run that is finished, or that nobody came to ask for.
    const { requested, finished } = await runRecord(state, { kind: 'backups', name });
    if (requested && !finished && (await isOfSeries(state, series, name))) return name;
  }
  return undefined;
}
