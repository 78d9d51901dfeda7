import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import type { OutputFormat } from '../output/document';
import { outputFormat } from '../output/document';
import { type ListFlags, withListFlags } from '../output/list-flags';
import { createRestoreCommand } from './restore/create';
import { planRestoreCommand } from './restore/plan';
import { describeRestore, restoreList, restoreLogs } from './restore/reports';

/** `lifeboat restore`. */
export function restoreCommand(line: CommandLine): Command {
  const command = new Command('restore').description('restores of backups into a cluster');
  command.addCommand(createRestoreCommand(line));
  command.addCommand(planRestoreCommand(line));
  withListFlags(
    command
      .command('get [name]')
      .description('list the restores, or show one')
      .addHelpText('after', '\nExample:\n  lifeboat restore get shop-1-20261122093000 -o yaml'),
  ).action((name: string | undefined, flags: ListFlags) => restoreList(line, name, flags));
  command
    .command('describe <name>')
    .description('what was asked for, how it ended, and what became of the objects')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .addHelpText('after', '\nExample:\n  lifeboat restore describe shop-1-20261122093000')
    .action((name: string, { output }: { output?: OutputFormat }) => describeRestore(line, name, output));
  command
    .command('logs <name>')
    .description('the log of the run')
    .addHelpText('after', '\nExample:\n  lifeboat restore logs shop-1-20261122093000')
    .action((name: string) => restoreLogs(line, name));
  return command;
}
