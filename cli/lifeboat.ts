#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { LifeboatError, messageOf } from '../shared/errors';
import type { Installation } from '../shared/installation/installation';
import { systemClock } from '../shared/system';
import type { CommandLine } from './command-line';
import { applyCommand } from './commands/apply';
import { backupCommand } from './commands/backup';
import { clusterCommand } from './commands/cluster';
import { costCommand } from './commands/cost';
import { deployCommand } from './commands/deploy';
import { doctorCommand } from './commands/doctor';
import { completionCommand } from './commands/completion';
import { contextCommand } from './commands/context';
import { localCommand } from './commands/local';
import { notificationCommand } from './commands/notification';
import { replicationCommand } from './commands/replication';
import { restoreCommand } from './commands/restore';
import { retentionCommand } from './commands/retention';
import { runCommand } from './commands/run';
import { scheduleCommand } from './commands/schedule';
import { sealCommand } from './commands/seal';
import { stateCommand } from './commands/state';
import { tokenCommand } from './commands/token';
import { vaultCommand } from './commands/vault';
import { commandEnvironment } from './context-file';
import { editorOf } from './editor';
import { exitCodes } from './exit-codes';
import { terminalScreen } from './output/screen';

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
    openEditor: editorOf(process),
    exitWith(code) {
      process.exitCode = code;
    },
  };
}

async function openInstallation(): Promise<Installation> {
  const { installationOfEnvironment } = await import('../shared/installation/from-environment');
  return installationOfEnvironment(await commandEnvironment(process.env));
}

function program(line: CommandLine): Command {
  const root = new Command('lifeboat')
    .description('Back up and restore Kubernetes applications, from outside, to OSS, in the layout of Velero')
    .version('0.1.0')
    .addHelpText(
      'after',
      '\nStart on this machine with `lifeboat local`, then `lifeboat backup create --help`.',
    );
  for (const make of [
    clusterCommand,
    vaultCommand,
    backupCommand,
    restoreCommand,
    runCommand,
    scheduleCommand,
    retentionCommand,
    replicationCommand,
    notificationCommand,
    tokenCommand,
    applyCommand,
    contextCommand,
    completionCommand,
    sealCommand,
    stateCommand,
    costCommand,
    deployCommand,
    doctorCommand,
    localCommand,
  ]) {
    root.addCommand(make(line));
  }
  return withErrors(root);
}

/** Here and in every command below, commander throws instead of ending the process, and says where help is. */
function withErrors(command: Command): Command {
  command.exitOverride().showSuggestionAfterError().showHelpAfterError('Add --help for what there is.');
  for (const below of command.commands) withErrors(below);
  return command;
}

async function main(): Promise<void> {
  const line = commandLine();
  try {
    await program(line).parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.invalid;
      return;
    }
    screen.note(
      `${screen.colors.red('error:')} ${error instanceof LifeboatError ? error.message : messageOf(error)}`,
    );
    const { suggestName } = await import('./suggest-name');
    const near = await suggestName(error, () => line.open());
    if (near !== undefined) screen.note(`hint:  did you mean "${near}"?`);
    else if (error instanceof LifeboatError && error.hint) screen.note(`hint:  ${error.hint}`);
    process.exitCode = error instanceof LifeboatError ? exitCodes[error.kind] : exitCodes.runFailed;
  }
}

void main();
