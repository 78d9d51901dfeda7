import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { nameSchema } from '../../platform/input/names';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';

/** A copy by the vault that takes it and its backup. */
export interface CopyPlace {
  vault: string;
  backup: string;
}

/**
 * `copied/<vault>/<backup>.json`: that this installation copied the backup there, and no other. Create-only, before the copy
 * shows. By it retention knows a copy for ours, and a replication rule believes it. @param origin for people
 */
export async function noteCopied(
  state: ObjectStore,
  place: CopyPlace,
  origin: { from: string; manifest: string },
): Promise<void> {
  await state.create(copyKey('copied', place), documentBytes({ kind: 'Copied', ...origin }));
}

export async function wasCopied(state: ObjectStore, place: CopyPlace): Promise<boolean> {
  return (await state.head(copyKey('copied', place))) !== undefined;
}

/** The backups that were copied to a vault: one listing. */
export async function copiedTo(state: ObjectStore, vault: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (const { backup } of await placesIn(state, `copied/${vault}/`)) names.add(backup);
  return names;
}

/** Fine when it is forgotten already. */
export async function forgetCopied(state: ObjectStore, place: CopyPlace): Promise<void> {
  await state.delete([copyKey('copied', place)]);
}

const uncopied = v.object({ kind: v.literal('Uncopied'), from: nameSchema, schedule: nameSchema });

/** A backup of a schedule that is to be copied. */
export interface Uncopied extends CopyPlace {
  from: string;
  schedule: string;
}

/**
 * `uncopied/<vault>/<backup>.json`: that a schedule's backup is to be copied there and is not yet. Written before the copy is
 * asked for; goes when the copy is there, or nobody needs it. By it the hourly pass asks again.
 */
export async function noteUncopied(
  state: ObjectStore,
  { from, schedule, ...place }: Uncopied,
): Promise<void> {
  await state.put(copyKey('uncopied', place), documentBytes({ kind: 'Uncopied', from, schedule }));
}

/** All of them: one listing, and a GET for each. One that cannot be read is left out. */
export async function listUncopied(state: ObjectStore): Promise<Uncopied[]> {
  const found: Uncopied[] = [];
  for (const place of await placesIn(state, 'uncopied/')) {
    const stored = await readJson(state, copyKey('uncopied', place)).catch(() => undefined);
    const parsed = v.safeParse(uncopied, stored?.value);
    if (parsed.success) found.push({ ...place, from: parsed.output.from, schedule: parsed.output.schedule });
  }
  return found;
}

/** Fine when it is forgotten already. */
export async function forgetUncopied(state: ObjectStore, place: CopyPlace): Promise<void> {
  await state.delete([copyKey('uncopied', place)]);
}

async function placesIn(state: ObjectStore, folder: string): Promise<CopyPlace[]> {
  const places: CopyPlace[] = [];
  for await (const page of state.list(folder)) {
    for (const { key } of page.objects) {
      const [, vault, backup] = /^(?:un)?copied\/([^/]+)\/([^/]+)\.json$/.exec(key) ?? [];
      if (vault !== undefined && backup !== undefined) places.push({ vault, backup });
    }
  }
  return places;
}

function copyKey(folder: 'copied' | 'uncopied', { vault, backup }: CopyPlace): string {
  if (backup === '' || backup.includes('/') || vault === '' || vault.includes('/')) {
    throw new LifeboatError('invalid', `"${backup.slice(0, 80)}" is not the name of a backup`);
  }
  return `${folder}/${vault}/${backup}.json`;
}
