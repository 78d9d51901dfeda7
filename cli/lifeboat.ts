#!/usr/bin/env node
import { CommanderError } from 'commander';
import { LifeboatError, messageOf } from '../shared/platform/errors';
import type { Installation } from '../shared/app/installation';
import { systemClock } from '../shared/platform/system';
import type { CommandLine } from './command-line';
import { keepCompiledCode } from './compile-cache';
import { exitCodes } from './exit-codes';
import { terminalScreen } from './output/screen';
import { program } from './program';

const screen = terminalScreen(process);

function commandLine(): CommandLine {
  let installation: Promise<Installation> | undefined;
  return {
    screen,
    clock: systemClock,
    open() {
      installation ??= openInstallation();
      return installation;
    },
    openEditor: async (name) => (await import('./editor')).editorOf(process)(name),
    exitWith(code) {
      process.exitCode = code;
    },
  };
}

async function openInstallation(): Promise<Installation> {
  const { chosenInstallation } = await import('./context-file');
  const { installationOfEnvironment } = await import('../shared/app/from-environment');
  const { environment, notice } = await chosenInstallation(process.env);
  if (notice !== undefined) screen.note(notice);
  return installationOfEnvironment(environment);
}

/** Whoever reads the output may leave, as `head` does: that is no fault, and nothing more is said. */
function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
}

function say(message: string, hint: string | undefined): void {
  screen.note(`${screen.colors.red('error:')} ${message}`);
  if (hint !== undefined) screen.note(`hint:  ${hint}`);
}

/** What commander found in the words; it throws too when it has shown a help. */
function sayMisuse({ message, code, exitCode }: CommanderError): void {
  process.exitCode = exitCode === 0 ? exitCodes.done : exitCodes.invalid;
  if (exitCode === 0 || code === 'commander.help') return;
  const [what = '', meant = ''] = message.replace(/^error: /, '').split('\n');
  const [, near] = /^\(Did you mean (.*)\?\)$/.exec(meant) ?? [];
  say(what.replace(/\.$/, ''), near === undefined ? 'add --help for what there is' : `did you mean ${near}?`);
}

async function sayError(error: unknown, line: CommandLine): Promise<void> {
  const { suggestName } = await import('./suggest-name');
  const near = await suggestName(error, () => line.open());
  const known = error instanceof LifeboatError ? error : undefined;
  say(known?.message ?? messageOf(error), near === undefined ? known?.hint : `did you mean "${near}"?`);
  process.exitCode = known ? exitCodes[known.kind] : exitCodes.runFailed;
}

async function main(): Promise<void> {
  endWithReader();
  keepCompiledCode(process.env);
  const line = commandLine();
  try {
    const words = process.argv.slice(2);
    await (await program(line, words)).parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) sayMisuse(error);
    else await sayError(error, line);
  }
}

void main();
