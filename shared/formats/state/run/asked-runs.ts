import { sha256Hex } from '../../../platform/sha256';
import { isName } from '../../../platform/input/names';
import type { ObjectStore } from '../../../platform/oss/port';
import { openRuns } from './open-runs';
import { removeOld } from '../remove-old';
import { type RunId, runKinds } from '../run-keys';

const folder = 'asked/';
/** Marks of callers who never came back. Milliseconds. */
const kept = 7 * 24 * 3_600_000;

/** A mark so young counts although its run is not open yet. Milliseconds. */
const settling = 60_000;

/**
 * `asked/<caller>/<kind>/<name>`: which runs a caller of the HTTP API asked for, written before the request; those that are
 * not open any more are removed by the next count. Create-only: false where the caller had asked for the run before.
 */
export async function markAsked(state: ObjectStore, caller: string, run: RunId): Promise<boolean> {
  return (await state.create(`${folderOf(caller)}${run.kind}/${run.name}`, Buffer.alloc(0))).created;
}

/** The run was not made after all. */
export async function unmarkAsked(state: ObjectStore, caller: string, run: RunId): Promise<void> {
  await state.delete([`${folderOf(caller)}${run.kind}/${run.name}`]);
}

/** The runs that a caller asked for and that are not known to be finished. Costs a listing, and another where a mark is older than a minute. */
export async function openAskedRuns(state: ObjectStore, caller: string): Promise<RunId[]> {
  const own = folderOf(caller);
  const marks: { key: string; run: RunId; age: number }[] = [];
  for await (const page of state.list(own)) {
    for (const { key, lastModified } of page.objects) {
      const [found, name = ''] = key.slice(own.length).split('/');
      const kind = runKinds.find((one) => one === found);
      if (!kind || !isName(name)) continue;
      marks.push({ key, run: { kind, name }, age: page.date.getTime() - lastModified.getTime() });
    }
  }
  // Young marks count as they are.
  if (marks.every(({ age }) => age < settling)) return marks.map(({ run }) => run);
  const open = new Set<string>();
  for await (const { kind, name } of openRuns(state)) open.add(`${kind}/${name}`);
  const isOpen = ({ run, age }: (typeof marks)[number]) =>
    age < settling || open.has(`${run.kind}/${run.name}`);
  const over = marks.filter((mark) => !isOpen(mark)).map(({ key }) => key);
  if (over.length > 0) await state.delete(over);
  return marks.filter(isOpen).map(({ run }) => run);
}

/** Removes what is older than a week; answers with how many. */
export async function cleanAskedRuns(state: ObjectStore): Promise<number> {
  return removeOld(state, folder, kept);
}

function folderOf(caller: string): string {
  const digest = sha256Hex(caller);
  return `${folder}${digest.slice(0, 32)}/`;
}
