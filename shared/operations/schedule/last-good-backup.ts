import { isKind, isUnreadable } from '../../platform/errors';
import type { ObjectStore } from '../../platform/oss/port';
import { readBackup } from '../../formats/vault/backup-manifest';
import { backups, directoryName } from '../../formats/vault/layout';
import { slotInName } from './series';

/** So many backups in a row that are not good are looked through. */
const longestSearch = 100;

/**
 * The slot of the newest Completed backup of a series that its vault holds; undefined when there is none. One listing, and a
 * request a manifest.
 * @param belongs whether a backup of a fitting name is of the series
 */
export async function lastGoodBackup(
  vault: ObjectStore,
  stems: readonly string[],
  belongs: (name: string) => Promise<boolean>,
): Promise<Date | undefined> {
  const slots = new Map<string, Date>();
  for await (const page of vault.list(`${backups}${stems[0]}-`, { delimiter: '/' })) {
    for (const prefix of page.prefixes) {
      const name = directoryName(prefix);
      const slot = slotInName(stems, name);
      if (slot) slots.set(name, slot);
    }
  }
  const newestFirst = [...slots].sort(([, a], [, b]) => b.getTime() - a.getTime());
  for (const [name, slot] of newestFirst.slice(0, longestSearch)) {
    if ((await phaseOf(vault, name)) === 'Completed' && (await belongs(name))) return slot;
  }
  return undefined;
}

async function phaseOf(vault: ObjectStore, name: string): Promise<string | undefined> {
  try {
    return (await readBackup(vault, name)).status.phase;
  } catch (error) {
    // Being written, being deleted, or unreadable: no good backup.
    if (isKind(error, 'not-found') || isUnreadable(error)) return undefined;
    throw error;
  }
}
