import { messageOf } from '../../../shared/platform/errors';
import type { RunProgress } from '../../../shared/formats/manifests/run';
import { openRuns } from '../../../shared/formats/state/run/open-runs';
import { runKinds, runWord } from '../../../shared/formats/state/run-keys';
import { findRun, listRuns, type Run } from '../../../shared/formats/state/run/runs';
import type { ObjectStore } from '../../../shared/platform/oss/port';
import type { CommandLine } from '../../command-line';
import { shortDuration } from '../../output/age';
import { type ListFlags, showList } from '../../output/list-flags';
import type { Listing } from '../../output/print';
import { findRunId } from './find-run-id';

const listing: Listing<Run> = {
  what: 'runs',
  headings: ['run', 'phase', 'cluster', 'stage', 'done', 'time left', 'starts', 'reason'],
  row: (run) => [
    `${runWord(run.kind)}/${run.name}`,
    run.phase,
    run.request.kind === 'CopyRequest' ? '' : run.request.cluster,
    run.progress?.phase ?? '',
    doneText(run.progress),
    run.progress?.secondsLeft === undefined ? '' : shortDuration(run.progress.secondsLeft * 1_000),
    String(run.starts),
    run.result?.reason ?? run.progress?.message ?? '',
  ],
};

/** Lists the runs that are not finished, or all, or shows one. */
export async function runList(
  line: CommandLine,
  text: string | undefined,
  { all, ...flags }: ListFlags & { all?: boolean },
): Promise<void> {
  const { store } = (await line.open()).state;
  await showList(line, listing, flags, async () => {
    if (text !== undefined) return { one: (await findRun(store, await findRunId(store, text)))! };
    return all ? allRuns(store) : unfinished(store);
  });
}

type Found = Awaited<ReturnType<typeof listRuns>>;

async function allRuns(store: ObjectStore): Promise<Found> {
  const found = await Promise.all(runKinds.map((kind) => listRuns(store, kind)));
  return {
    items: found.flatMap(({ items }) => items),
    unreadable: found.flatMap(({ unreadable }) => unreadable),
  };
}

async function unfinished(store: ObjectStore): Promise<Found> {
  const found: Found = { items: [], unreadable: [] };
  for await (const { kind, name } of openRuns(store)) {
    try {
      const run = await findRun(store, { kind, name });
      if (run && !run.result) found.items.push(run);
    } catch (error) {
      found.unreadable.push({ name, reason: messageOf(error) });
    }
  }
  return found;
}

function doneText(progress: RunProgress | undefined): string {
  if (!progress) return '';
  const { done, total, estimated } = progress;
  return total === undefined ? String(done) : `${done}/${estimated ? '~' : ''}${total}`;
}
