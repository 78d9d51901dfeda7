import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { cancelRunCommand } from './run/cancel';
import { getRunsCommand } from './run/get';
import { runLogsCommand } from './run/logs';

/** `lifeboat run`. */
export function runCommand(line: CommandLine): Command {
  const command = new Command('run').description('backups and restores while they are carried out');
  for (const make of [getRunsCommand, runLogsCommand, cancelRunCommand]) command.addCommand(make(line));
  return command;
}
