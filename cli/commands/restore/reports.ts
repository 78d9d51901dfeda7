import type { Clock } from '../../../shared/platform/clock';
import { isKind, LifeboatError } from '../../../shared/platform/errors';
import { readOutcomes } from '../../../shared/operations/restore/report/read-outcomes';
import { findRun, listRuns, type Run } from '../../../shared/formats/state/run/runs';
import { restoreKeys } from '../../../shared/formats/vault/layout';
import { results as resultsShape } from '../../../shared/formats/vault/untrusted/side-file-shapes';
import { printPieces } from '../../output/visible';
import { readGzippedJson } from '../../../shared/formats/vault/side-files/gzipped-json';
import type { CommandLine } from '../../command-line';
import { ageOf } from '../../output/age';
import { describeRestoreText, type RestoreDescription, type RestoreRun } from '../../output/describe-restore';
import { checkOutcomePage, type OutcomePage, pageOf } from '../../options/outcome-page';
import { type ListFlags, labelsOf, showList } from '../../output/list-flags';
import type { OutputFormat } from '../../output/output-format';
import { type Listing, printOne } from '../../output/print';

/** Lists restores, or shows one. */
export async function restoreList(
  line: CommandLine,
  name: string | undefined,
  flags: ListFlags,
): Promise<void> {
  const { state } = await line.open();
  await showList(line, listing(line.clock), flags, async () => {
    if (name !== undefined) return { one: await restoreRun(line, name) };
    const { items, unreadable } = await listRuns(state.store, 'restores');
    return { items: items as RestoreRun[], unreadable };
  });
}

function listing(clock: Clock): Listing<RestoreRun> {
  return {
    what: 'restores',
    headings: ['name', 'phase', 'backup', 'cluster', 'done', 'errors', 'warnings', 'age'],
    row: (run) => [
      run.name,
      run.phase,
      run.request.spec.backupName,
      run.request.cluster,
      doneOf(run),
      run.result ? String(run.result.errors) : '',
      run.result ? String(run.result.warnings) : '',
      ageOf(run.result?.startTimestamp ?? run.progress?.at, clock.now()),
    ],
    wide: {
      headings: ['vault', 'completed', 'labels', 'reason'],
      row: ({ request, result, progress }) => [
        request.vault,
        result?.completionTimestamp ?? '',
        labelsOf(request),
        result?.reason ?? progress?.message ?? '',
      ],
    },
  };
}

/**
 * What was asked for, how it ended, and what became of the objects.
 * @param page of the objects, for -o
 */
export async function describeRestore(
  line: CommandLine,
  name: string,
  page: OutcomePage,
  output?: OutputFormat,
): Promise<void> {
  checkOutcomePage(page, output);
  const run = await restoreRun(line, name);
  const { findReports } = await import('../../../shared/app/runs/restore-report');
  const vault = await findReports(await line.open(), run.request.vault, name);
  const keys = restoreKeys(name);
  const results = await optional(async () =>
    resultsShape(keys.results, await readGzippedJson(vault, keys.results)),
  );
  const outcomes = await optional(() => readOutcomes(vault, name));
  const description = { run, results, ...(outcomes && pageOf(outcomes, page)) } satisfies RestoreDescription;
  await printOne(line, description, output, () => describeRestoreText(description));
}

/** Prints the log of a restore, also while it goes on. */
export async function restoreLogs(line: CommandLine, name: string): Promise<void> {
  const { runLog } = await import('../../../shared/app/runs/run-log');
  const pieces = runLog(await line.open(), { kind: 'restores', name });
  await printPieces(pieces, (text) => process.stdout.write(text));
}

async function restoreRun(line: CommandLine, name: string): Promise<RestoreRun> {
  const run = await findRun((await line.open()).state.store, { kind: 'restores', name });
  if (run) return run as RestoreRun;
  throw new LifeboatError('not-found', `there is no restore "${name}"`, {
    hint: 'see what there is with `lifeboat restore get`',
  });
}

function doneOf({ result, progress }: Run): string {
  if (result) return String(Object.values(result.counts).reduce((sum, count) => sum + count, 0));
  return progress === undefined ? '' : `${progress.done}${progress.total ? `/${progress.total}` : ''}`;
}

async function optional<T>(read: () => Promise<T>): Promise<T | undefined> {
  return read().catch((error: unknown) => {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  });
}
