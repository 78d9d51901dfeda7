import { LifeboatError } from '../../../platform/errors';
import { type FolderRevisions, listRevisions, type RevisionFolder, revisionKey } from './revisions';
import { clearSuperseded, supersededKept } from './superseded';

/**
 * Writes the revision after the newest that a listing shows. Returns false, and has changed nothing, when somebody else wrote
 * that revision first. Then clears the superseded revisions of the folder.
 *
 * A number whose revision was removed can be created again, but only by a writer that stood still between its listing and its
 * write for as long as superseded revisions are kept. OSS's dates of the two tell such a writer that it did.
 * @throws LifeboatError `conflict` when a writer that stood still cannot tell whether its revision counted
 */
export async function writeRevision(
  place: RevisionFolder,
  listed: FolderRevisions,
  name: string,
  body: Buffer,
): Promise<boolean> {
  const { store, folder } = place;
  const number = (listed.byName.get(name)?.at(-1)?.number ?? 0) + 1;
  const { created, date } = await store.create(revisionKey(folder, name, number), body);
  if (!created) return false;
  // Half the time, because a listing may be a little older than its date.
  const stoodStill = date.getTime() - listed.asOf.getTime() >= supersededKept / 2;
  if (stoodStill && !(await counts(place, name, number, body))) return false;
  // The revision stands whether or not this works; the next writer in the folder does what is left.
  await clearSuperseded(place, listed, { name, number, size: body.length }).catch(() => {});
  return true;
}

/** Whether a revision that was just created is one of the chain, and not the second of its number. */
async function counts(
  { store, folder, word }: RevisionFolder,
  name: string,
  number: number,
  body: Buffer,
): Promise<boolean> {
  const revisions = (await listRevisions(store, folder, name)).byName.get(name) ?? [];
  const newest = revisions.at(-1);
  // The newest is never removed: had there been a later one, it would be here.
  if (newest?.number === number) return true;
  const own = revisions.find((revision) => revision.number === number);
  // What was cleared meanwhile has another date than that of its creation.
  const uncleared = own !== undefined && body.length > 0 && own.size === body.length;
  if (newest && uncleared && newest.lastModified < own.lastModified) return false;
  throw new LifeboatError(
    'conflict',
    `${word} "${name}" may or may not have been written: this process stood still meanwhile, and somebody else wrote it`,
    { hint: `look at it with \`lifeboat ${word} get ${name}\`, and do it again if need be` },
  );
}

/** Every failed try means that another writer succeeded. */
const tries = 20;

/** Repeats an attempt until nothing that it listed has changed before it read or wrote it. Throws `conflict` after 20 tries. */
export async function untilSettled<R>(
  { word }: Pick<RevisionFolder, 'word'>,
  name: string,
  attempt: () => Promise<{ done: R } | undefined>,
): Promise<R> {
  for (let n = 0; n < tries; n += 1) {
    const outcome = await attempt();
    if (outcome) return outcome.done;
  }
  throw new LifeboatError('conflict', `${word} "${name}" keeps changing: gave up after ${tries} tries`, {
    hint: 'try again, and find out which other program changes it',
  });
}
