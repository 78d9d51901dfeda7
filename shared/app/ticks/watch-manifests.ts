import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { instant } from '../../formats/manifests/instant';
import { readHint, writeHint } from '../../formats/state/hints';
import { listRevisions, liveRevision } from '../../formats/state/manifests/revisions';
import { noticeId, postNotice } from '../../formats/state/notices';
import type { Installation } from '../installation';

const hint = 'manifests-seen';
const words = { schedules: 'schedule', clusters: 'cluster' } as const;
const folders = ['schedules', 'clusters'] as const;

/** The names that a pass saw, and when it wrote them down. */
const seenSchema = v.object({
  at: v.string(),
  names: v.object({ schedules: v.array(v.string()), clusters: v.array(v.string()) }),
});
type Names = v.InferOutput<typeof seenSchema>['names'];

const mostNamed = 20;

/**
 * Tells people once of schedules and clusters that vanished from the state since the last call. A deletion leaves a tombstone,
 * so a name without any revision was not deleted by Lifeboat. Tells nothing where the hint of the last call is lost. Costs a
 * read and a listing a folder; a write when names changed.
 */
export async function watchManifests({
  state,
  clock,
  log,
}: Pick<Installation, 'state' | 'clock' | 'log'>): Promise<void> {
  const parsed = v.safeParse(seenSchema, await readHint(state.store, hint));
  const before = parsed.success ? parsed.output : undefined;
  const names: Names = { schedules: [], clusters: [] };
  const vanished: string[] = [];
  for (const folder of folders) {
    const listed = await listRevisions(state.store, `${folder}/`);
    names[folder] = [...listed.byName.keys()].filter((name) => liveRevision(listed, name)).sort();
    for (const name of before?.names[folder] ?? [])
      if (!listed.byName.has(name)) vanished.push(`${words[folder]} ${name}`);
  }
  if (before && vanished.length > 0) {
    const more = vanished.length - mostNamed;
    const named = `${vanished.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    log.error(`Vanished from the state: ${named}`);
    await postNotice(state.store, {
      // Of the same pass before: a pass that died before it wrote the hint is followed by one that posts the same.
      id: noticeId('vanished', before.at, ...vanished),
      event: 'failed',
      title: 'Lifeboat: schedules or clusters vanished from the state',
      text: `${named}: the objects are gone, and nobody deleted them with Lifeboat. Nothing is backed up by them any more\nadd them again, or put the objects back: \`lifeboat state exports\` lists the exports that hold them`,
      at: instant(clock.now()),
    });
  }
  if (!isDeepStrictEqual(before?.names, names))
    await writeHint(state.store, hint, { at: instant(clock.now()), names });
}
