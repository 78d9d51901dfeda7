import { Command } from 'commander';
import { messageOf } from '../../../shared/errors';
import type { RunProgress } from '../../../shared/manifests/run';
import { openRuns } from '../../../shared/state/open-runs';
import { runKinds, runWord } from '../../../shared/state/run-keys';
import { findRun, listRuns, type Run } from '../../../shared/state/runs';
import type { ObjectStore } from '../../../shared/store/port';
import type { CommandLine } from '../../command-line';
import { shortDuration } from '../../output/age';
import { document, type OutputFormat, outputFormat } from '../../output/document';
import { type Listing, printList } from '../../output/print';
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

/** `run get [run]`. */
export function getRunsCommand(line: CommandLine): Command {
  return new Command('get')
    .argument('[run]', 'a name, or backup/<name>, restore/<name> or copy/<name>')
    .description('list the runs that are not finished, or show one: how far it is, and what it waits for')
    .option('--all', 'also those that have ended')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (text: string | undefined, flags: { all?: boolean; output?: OutputFormat }) => {
      const { store } = (await line.open()).state;
      if (text !== undefined) {
        const run = (await findRun(store, await findRunId(store, text)))!;
        if (flags.output) line.screen.out(document(run, flags.output));
        else printList(line, listing, [run]);
        return;
      }
      const { items, unreadable } = flags.all ? await allRuns(store) : await unfinished(store);
      printList(line, listing, items, { output: flags.output, unreadable });
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
