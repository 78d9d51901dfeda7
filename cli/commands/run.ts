import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { cancelRunCommand } from './run/cancel';
import { getRunsCommand } from './run/get';
import { runLogsCommand } from './run/logs';
import { nounCommand } from './noun';

/** `lifeboat run`. */
export function runCommand(line: CommandLine): Command {
  return nounCommand('run', line, [getRunsCommand, runLogsCommand, cancelRunCommand]);
}
