import type { ObjectStore } from '../../platform/oss/port';
import { LifeboatError } from '../../platform/errors';
import { documentBytes, readJson } from './json-object';

/**
 * What a person says of a backup that lies in a vault. Kept in the state and not in the vault: there a mark could not be
 * taken back under WORM, and whoever can only add objects to the vault could release a hold by another mark.
 * - `holds`: legal hold, nothing deletes it
 * - `accepted`: suspect, but right as it is
 */
export type BackupMark = 'holds' | 'accepted';

export interface MarkNote {
  /** Why, in the person's words. */
  reason?: string;
  by: string;
  /** RFC 3339. */
  at: string;
}

/** `<mark>/<vault>/<backup>.json`. Create-only: false when the mark was there before, and is left as it is. */
export async function placeMark(
  state: ObjectStore,
  mark: BackupMark,
  place: { vault: string; backup: string },
  note: MarkNote,
): Promise<boolean> {
  const { created } = await state.create(markKey(mark, place), documentBytes({ kind: 'Mark', ...note }));
  return created;
}

/** False when there was none. */
export async function removeMark(
  state: ObjectStore,
  mark: BackupMark,
  place: { vault: string; backup: string },
): Promise<boolean> {
  const there = await hasMark(state, mark, place);
  if (there) await state.delete([markKey(mark, place)]);
  return there;
}

/** A mark holds by being there, whatever is written in it. */
export async function hasMark(
  state: ObjectStore,
  mark: BackupMark,
  place: { vault: string; backup: string },
): Promise<boolean> {
  return (await state.head(markKey(mark, place))) !== undefined;
}

/** Why a mark was placed; undefined where there is none or it does not say. */
export async function markReason(
  state: ObjectStore,
  mark: BackupMark,
  place: { vault: string; backup: string },
): Promise<string | undefined> {
  const stored = await readJson(state, markKey(mark, place)).catch(() => undefined);
  const reason = (stored?.value as { reason?: unknown } | null | undefined)?.reason;
  return typeof reason === 'string' ? reason : undefined;
}

/** The backups of a vault that carry a mark: one listing. */
export async function markedBackups(
  state: ObjectStore,
  mark: BackupMark,
  vault: string,
): Promise<Set<string>> {
  const folder = `${mark}/${vault}/`;
  const names = new Set<string>();
  for await (const page of state.list(folder)) {
    for (const { key } of page.objects) {
      if (key.endsWith('.json')) names.add(key.slice(folder.length, -'.json'.length));
    }
  }
  return names;
}

function markKey(mark: BackupMark, { vault, backup }: { vault: string; backup: string }): string {
  if (backup === '' || backup.includes('/')) {
    throw new LifeboatError('invalid', `"${backup.slice(0, 80)}" is not the name of a backup`);
  }
  return `${mark}/${vault}/${backup}.json`;
}
