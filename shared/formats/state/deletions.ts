import * as v from 'valibot';
import { LifeboatError } from '../../platform/errors';
import { instantSchema } from '../manifests/instant';
import { parse } from '../../platform/input/parse';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';

/** A backup by the registered name of its vault. */
export interface DeletionPlace {
  vault: string;
  backup: string;
}

const requestSchema = v.strictObject({
  kind: v.literal('Deletion'),
  /** The deletion of a rule is given up when no rule asks for it any more; that of a person is not. */
  by: v.picklist(['person', 'retention']),
  /** Who asked, as in the audit log. */
  who: v.string(),
  at: instantSchema,
  reason: v.optional(v.string()),
  /** The `velero-backup.json` that is to go; absent when there was none. */
  manifest: v.optional(v.strictObject({ size: v.number(), crc64: v.optional(v.string()) })),
});

/** The decision to delete one backup. */
export type DeletionRequest = Omit<v.InferOutput<typeof requestSchema>, 'kind'>;

/** What a listing tells of a deletion: which of its objects are there. */
export interface PendingDeletion {
  backup: string;
  requested: boolean;
  /** OSS's time at which the manifest was gone. */
  hiddenSince?: Date;
  /** OSS's time of the listing. */
  seenAt: Date;
}

/**
 * The decision to delete a backup, and how far its deletion is, under `deletions/<vault>/<backup>/`. It lies in the state:
 * whoever may write to a vault must not be able to have a backup deleted.
 * - `requested.json`, create-only: the decision. Without it nothing is deleted
 * - `begun.json`, create-only: who was first, the pass that deletes or the person who takes the decision back
 * - `hidden.json`, create-only: the manifest is gone; its age decides when the content may follow
 */
function keysOf({ vault, backup }: DeletionPlace) {
  if (backup === '' || backup.includes('/'))
    throw new LifeboatError('invalid', `"${backup.slice(0, 80)}" is not the name of a backup`);
  const folder = `deletions/${vault}/${backup}/`;
  return {
    requested: `${folder}requested.json`,
    begun: `${folder}begun.json`,
    hidden: `${folder}hidden.json`,
  };
}

/**
 * Writes the decision down. False when there was one already, which is left as it is.
 * @param nothingLeft a listing has just shown that no earlier deletion of the backup left anything; without it one more is made
 */
export async function placeDeletion(
  state: ObjectStore,
  place: DeletionPlace,
  request: DeletionRequest,
  nothingLeft = false,
): Promise<boolean> {
  const known = nothingLeft ? undefined : await deletionAt(state, place);
  if (known?.requested) return false;
  // What an earlier deletion left must not speed this one up.
  if (known) await removeLeftovers(state, place);
  const { requested } = keysOf(place);
  const { created } = await state.create(requested, documentBytes({ kind: 'Deletion', ...request }));
  return created;
}

/** The decision; undefined when there is none. @throws LifeboatError `invalid` when it cannot be read */
export async function findDeletion(
  state: ObjectStore,
  place: DeletionPlace,
): Promise<DeletionRequest | undefined> {
  const { requested } = keysOf(place);
  const stored = await readJson(state, requested);
  if (!stored) return undefined;
  const { kind: _, ...request } = parse(requestSchema, stored.value, `${state.name}${requested}`);
  return request;
}

/** True from the decision to delete until the content is gone, or the decision was taken back. */
export async function isBeingDeleted(state: ObjectStore, place: DeletionPlace): Promise<boolean> {
  return (await state.head(keysOf(place).requested)) !== undefined;
}

/** All deletions of a vault that are under way, by backup: one listing. */
export async function pendingDeletions(
  state: ObjectStore,
  vault: string,
): Promise<Map<string, PendingDeletion>> {
  const folder = `deletions/${vault}/`;
  const pending = new Map<string, PendingDeletion>();
  for await (const page of state.list(folder)) {
    for (const { key, lastModified } of page.objects) {
      const [backup = '', file] = key.slice(folder.length).split('/');
      const known = pending.get(backup) ?? { backup, requested: false, seenAt: page.date };
      if (file === 'requested.json') known.requested = true;
      if (file === 'hidden.json') known.hiddenSince = lastModified;
      pending.set(backup, known);
    }
  }
  return pending;
}

/** How far the deletion of one backup is; undefined when nothing of one is there. One listing. */
export async function deletionAt(
  state: ObjectStore,
  { vault, backup }: DeletionPlace,
): Promise<PendingDeletion | undefined> {
  const { requested, hidden } = keysOf({ vault, backup });
  let known: PendingDeletion | undefined;
  for await (const page of state.list(`deletions/${vault}/${backup}/`)) {
    for (const { key, lastModified } of page.objects) {
      known ??= { backup, requested: false, seenAt: page.date };
      if (key === requested) known.requested = true;
      if (key === hidden) known.hiddenSince = lastModified;
    }
  }
  return known;
}

/**
 * Keeps the decision from being taken back while the manifest is deleted, and answers with it; undefined when it was taken
 * back first. Costs two requests. @throws LifeboatError `invalid` when the decision cannot be read
 */
export async function beginDeletion(
  state: ObjectStore,
  place: DeletionPlace,
): Promise<DeletionRequest | undefined> {
  const { begun } = keysOf(place);
  const { created } = await state.create(begun, documentBytes({ kind: 'Begun', takenBack: false }));
  if (!created && (await isTakenBack(state, begun))) return undefined;
  const request = await findDeletion(state, place);
  // A decision that was taken back and cleaned up before this was created.
  if (!request) await state.delete([begun]);
  return request;
}

/** Allows the decision to be taken back again: nothing could be deleted. */
export async function pauseDeletion(state: ObjectStore, place: DeletionPlace): Promise<void> {
  await state.delete([keysOf(place).begun]);
}

/** Writes down that the manifest is gone. Answers with OSS's time of that, the first time that it was, and OSS's time now. */
export async function markHidden(
  state: ObjectStore,
  place: DeletionPlace,
): Promise<{ since: Date; now: Date }> {
  const { hidden } = keysOf(place);
  const { created, date } = await state.create(hidden, documentBytes({ kind: 'Hidden' }));
  if (created) return { since: date, now: date };
  const found = await hiddenSince(state, place);
  if (found) return found;
  throw new LifeboatError('unavailable', `${state.name}${hidden} is not there after it was written`);
}

/** When the manifest was gone, and now, by OSS's time; undefined while it is there. */
export async function hiddenSince(
  state: ObjectStore,
  place: DeletionPlace,
): Promise<{ since: Date; now: Date } | undefined> {
  const head = await state.head(keysOf(place).hidden);
  return head && { since: head.lastModified, now: head.date };
}

/** Ends a deletion. The decision goes first: what is left behind without it deletes nothing. */
export async function endDeletion(state: ObjectStore, place: DeletionPlace): Promise<void> {
  await state.delete([keysOf(place).requested]);
  await removeLeftovers(state, place);
}

/** Removes what a deletion left that was killed at its end. */
export async function removeLeftovers(state: ObjectStore, place: DeletionPlace): Promise<void> {
  const { begun, hidden } = keysOf(place);
  await state.delete([begun, hidden]);
}

/**
 * Takes the decision back while nothing of the backup is deleted.
 * - `none`: there was no decision
 * - `begun`: the backup is being deleted, or its manifest is gone
 */
export async function takeBackDeletion(
  state: ObjectStore,
  place: DeletionPlace,
): Promise<'taken-back' | 'begun' | 'none'> {
  const { requested, begun, hidden } = keysOf(place);
  if (!(await state.head(requested))) return 'none';
  if (await state.head(hidden)) return 'begun';
  const { created } = await state.create(begun, documentBytes({ kind: 'Begun', takenBack: true }));
  if (!created && !(await isTakenBack(state, begun))) return 'begun';
  await endDeletion(state, place);
  return 'taken-back';
}

async function isTakenBack(state: ObjectStore, begun: string): Promise<boolean> {
  const stored = await readJson(state, begun);
  return (stored?.value as { takenBack?: unknown } | undefined)?.takenBack === true;
}
