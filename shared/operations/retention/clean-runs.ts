import { noFunctionLeft } from '../../platform/longest-function';
import { messageOf } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import type { RunKind } from '../../formats/manifests/run';
import { hintAge, writeHint } from '../../formats/state/hints';
import { openRuns } from '../../formats/state/run/open-runs';
import { runKinds } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';

/** No function lives longer than a day: what a finished run leaves behind is then nobody's any more. */
const leftoversAfterMs = noFunctionLeft;
/** How long people can look at a finished run. */
const runsAfterMs = 35 * 86_400_000;
const everyMs = 86_400_000;

const hintName = 'runs-cleaned';

/**
 * What tells of a backup that lies in a vault: whose it is, that its bytes are the committed ones, and which snapshots are its
 * own.
 */
const records = [
  'request.json',
  'commit.json',
  'result.json',
  'operations.json',
  'cleanup.json',
  'cleaned.json',
];
/** Also what is nowhere else: the results of a restore whose vault is read-only, and what a plan shows. */
function isKept(kind: RunKind, key: string): boolean {
  if (kind === 'plans' && (key === 'plan.json.gz' || key.startsWith('attempt-'))) return true;
  return records.includes(key) || key.startsWith('report/');
}

export interface RunCleaning {
  /** Of the whole installation. */
  state: ObjectStore;
  /** False when no vault holds anything of a backup of this name. */
  mayExist(backup: string): boolean;
  log: Log;
}

/** Runs as `backups/shop-1`. */
export interface CleanedRuns {
  /** Lost what they left behind. */
  stripped: string[];
  /** Gone altogether. */
  removed: string[];
}

/**
 * Cleans the folders of runs that are finished: those that hold a `result.json` and are not open. A day after its end a run
 * loses its leases, starts, progress and side files; after 35 days it goes altogether, unless its backup still lies in a
 * vault, or it is the newest run of its schedule: by that the next tick knows what was asked for. Ages are OSS's time.
 * Does nothing within a day of the last time; else costs one listing for each thousand objects under `runs/`, and three or so
 * requests for each thousand that go.
 */
export async function cleanRuns({ state, mayExist, log }: RunCleaning): Promise<CleanedRuns> {
  const cleaned: CleanedRuns = { stripped: [], removed: [] };
  if ((await hintAge(state, hintName)) < everyMs) return cleaned;
  const open = new Set<string>();
  for await (const { kind, name } of openRuns(state)) open.add(`${kind}/${name}`);
  for (const kind of runKinds) {
    const folders = await runFolders(state, kind);
    const newest = newestOfSchedules(folders.keys());
    const going: GoingKeys[] = [];
    for (const [name, { keys, finishedFor }] of folders) {
      const run = `${kind}/${name}`;
      if (finishedFor === undefined || finishedFor < leftoversAfterMs || open.has(run)) continue;
      const stays = kind === 'backups' && (mayExist(name) || newest.has(name));
      // A snapshot that could not be deleted yet is known here alone.
      const owes = keys.includes('cleanup.json') && !keys.includes('cleaned.json');
      const whole = finishedFor >= runsAfterMs && !stays && !owes;
      const gone = keys.filter((key) => whole || !isKept(kind, key));
      if (gone.length > 0) going.push({ run, whole, keys: gone });
    }
    for (const some of batches(going)) {
      try {
        await remove(state, some);
        for (const { run, whole } of some) cleaned[whole ? 'removed' : 'stripped'].push(run);
      } catch (error) {
        const names = some.map(({ run }) => run);
        log.warn(`Runs ${names[0]} to ${names.at(-1)} could not be cleaned`, { error: messageOf(error) });
      }
    }
  }
  await writeHint(state, hintName, cleaned);
  return cleaned;
}

interface RunFolder {
  /** Relative to the folder. */
  keys: string[];
  /** Milliseconds since its outcome was written; undefined while it has none. */
  finishedFor?: number;
}

async function runFolders(state: ObjectStore, kind: RunKind): Promise<Map<string, RunFolder>> {
  const folders = new Map<string, RunFolder>();
  const prefix = `runs/${kind}/`;
  for await (const page of state.list(prefix)) {
    for (const { key, lastModified } of page.objects) {
      const [name = '', ...rest] = key.slice(prefix.length).split('/');
      if (rest.length === 0) continue;
      const folder = folders.get(name) ?? { keys: [] };
      folders.set(name, folder);
      folder.keys.push(rest.join('/'));
      if (rest.join('/') === 'result.json') folder.finishedFor = page.date.getTime() - lastModified.getTime();
    }
  }
  return folders;
}

/** Of the names that end in a slot, the latest of each stem. */
function newestOfSchedules(names: Iterable<string>): Set<string> {
  const newest = new Map<string, string>();
  for (const name of names) {
    const stem = /^(.+)-\d{14}$/.exec(name)?.[1];
    if (stem !== undefined && (newest.get(stem) ?? '') < name) newest.set(stem, name);
  }
  return new Set(newest.values());
}

/** What goes of one run. */
interface GoingKeys {
  run: string;
  /** All of it. */
  whole: boolean;
  /** Relative to its folder. */
  keys: string[];
}

/** OSS deletes so many keys at once. */
const batch = 1_000;

function* batches(going: readonly GoingKeys[]): Generator<GoingKeys[], void> {
  let some: GoingKeys[] = [];
  let count = 0;
  for (const one of going) {
    if (some.length > 0 && count + one.keys.length > batch) {
      yield some;
      some = [];
      count = 0;
    }
    some.push(one);
    count += one.keys.length;
  }
  if (some.length > 0) yield some;
}

/** The outcomes go last: a run that is half gone would count as one that never ended. */
async function remove(state: ObjectStore, going: readonly GoingKeys[]): Promise<void> {
  const keys = going.flatMap((each) => each.keys.map((key) => `runs/${each.run}/${key}`));
  const isLast = (key: string) => /^runs\/[^/]+\/[^/]+\/(request|result)\.json$/.exec(key)?.[1];
  for (const last of [undefined, 'request', 'result']) {
    const some = keys.filter((key) => isLast(key) === last);
    if (some.length > 0) await state.delete(some);
  }
}
