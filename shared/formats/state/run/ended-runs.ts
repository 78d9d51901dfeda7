import { assertName, isName } from '../../../platform/input/names';
import type { ObjectStore } from '../../../platform/oss/port';
import { markClosed } from './open-runs';
import { type RunId, runKinds, runWord } from '../run-keys';

function endedKey({ kind, name }: RunId): string {
  assertName(runWord(kind), name);
  return `ended/${kind}/${name}`;
}

/** Closes a run that has its result, once the next tick is sure to see that it ended: `ended/…` first, then `open/…` goes. */
export async function closeEnded(state: ObjectStore, run: RunId): Promise<void> {
  await state.put(endedKey(run), Buffer.alloc(0));
  await markClosed(state, run);
}

/** Runs that ended since somebody looked: one listing. */
export async function endedRuns(state: ObjectStore): Promise<RunId[]> {
  const runs: RunId[] = [];
  for await (const page of state.list('ended/')) {
    for (const { key } of page.objects) {
      const [, found, name = ''] = /^ended\/(\w+)\/(.+)$/.exec(key) ?? [];
      const kind = runKinds.find((one) => one === found);
      if (kind && isName(name)) runs.push({ kind, name });
    }
  }
  return runs;
}

/** Fine when it is gone already. */
export async function forgetEnded(state: ObjectStore, run: RunId): Promise<void> {
  await state.delete([endedKey(run)]);
}
