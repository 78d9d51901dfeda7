import type { ObjectStore } from '../../platform/oss/port';
import { type Series, slotInName, stemsOf } from './series';

/**
 * The newest slot of a series in (after, before) whose backup was requested, by the names of runs: one listing for each form that
 * the names of the series have had. Undefined if there is none. Times in milliseconds.
 * @param isSlot false for the time of a backup that a person requested by `schedule run`
 */
export async function newestAsked(
  state: ObjectStore,
  series: Series,
  { after, before, isSlot }: { after: number; before: number; isSlot(at: number): boolean },
): Promise<number | undefined> {
  const asked: number[] = [];
  for (const stem of stemsOf(series)) {
    const folder = `runs/backups/${stem}-`;
    const end = `${folder}${stamp(before)}`;
    pages: for await (const page of state.list(folder, {
      delimiter: '/',
      after: `${folder}${stamp(after)}`,
    })) {
      for (const prefix of page.prefixes) {
        if (prefix >= end) break pages;
        const slot = slotInName([stem], prefix.slice('runs/backups/'.length, -1))?.getTime();
        if (slot !== undefined && slot > after) asked.push(slot);
      }
    }
  }
  return asked.sort((a, b) => b - a).find(isSlot);
}

function stamp(at: number): string {
  return new Date(at).toISOString().replace(/\D/g, '').slice(0, 14);
}
