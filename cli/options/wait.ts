import type { Command } from 'commander';
import type { RunKind, RunResult } from '../../shared/formats/manifests/run';
import type { Requested } from '../../shared/operations/runs/request-run';
import type { CommandLine } from '../command-line';
import { exitCodeOfPhase } from '../exit-codes';
import { counted } from '../../shared/platform/counted';

/** Adds `--wait`. */
export function withWait(command: Command): Command {
  return command.option('-w, --wait', 'wait for the end; the exit code then tells it');
}

/** Adds `--if-absent`. */
export function withIfAbsent(command: Command): Command {
  return command.option(
    '--if-absent',
    'take the run of this name where the same was asked for before, instead of failing',
  );
}

/**
 * Throws `conflict` where a run of this name exists, unless the caller takes that one.
 * @returns whether the run is new
 */
export async function isNewRun(requested: Requested, ifAbsent: boolean | undefined): Promise<boolean> {
  if (!ifAbsent) {
    const { assertNewName } = await import('../../shared/operations/runs/new-name');
    assertNewName(requested, 'with --if-absent the one that exists is taken');
  }
  return requested.created;
}

/** Waits for a run, prints how it ended and where to read on, and sets the exit code. */
export async function waitAndReport(line: CommandLine, kind: RunKind, name: string): Promise<void> {
  const [{ runWord }, { findRun }, { waitForRun }] = await Promise.all([
    import('../../shared/formats/state/run-keys'),
    import('../../shared/formats/state/run/runs'),
    import('../progress/wait-for-run'),
  ]);
  const { screen, clock } = line;
  const { state } = await line.open();
  const word = runWord(kind);
  const result = await waitForRun(
    `${word} ${name}`,
    async () => (await findRun(state.store, { kind, name })) ?? {},
    {
      screen,
      clock,
    },
  );
  const counts = countsOf(result);
  screen.out(`${capital(word)} ${name}: ${result.phase}${counts === '' ? '' : ` (${counts})`}`);
  if (result.reason) screen.note(result.reason);
  if (result.errors > 0 || result.warnings > 0) {
    const described = kind === 'backups' || kind === 'restores';
    const more = described ? `${word} describe ${name}` : `run logs ${word}/${name}`;
    screen.note(
      `${counted(result.errors, 'error')}, ${counted(result.warnings, 'warning')}: see \`lifeboat ${more}\``,
    );
  }
  line.exitWith(exitCodeOfPhase(result.phase));
}

/** `12 created, 3 same`; `0 items` where a run that did not fail did nothing. */
function countsOf({ phase, counts }: RunResult): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  if (some.length === 0) return phase === 'Failed' ? '' : '0 items';
  return some.map(([what, count]) => `${count} ${what}`).join(', ');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
