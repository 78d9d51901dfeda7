import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { type ListFlags, withListFlags } from '../output/list-flags';
import { type OutcomePage, withOutcomePage } from '../options/outcome-page';
import { type OutputFormat, outputOption } from '../output/output-format';
import { nounCommand } from './noun';
import { createRestoreCommand } from './restore/create';
import { planRestoreCommand } from './restore/plan';

const reports = () => import('./restore/reports');

/** `lifeboat restore`. */
export function restoreCommand(line: CommandLine): Command {
  return nounCommand('restore', line, [
    createRestoreCommand,
    planRestoreCommand,
    getCommand,
    describeCommand,
    logsCommand,
  ]);
}

function getCommand(line: CommandLine): Command {
  const command = new Command('get')
    .argument('[name]')
    .description('list the restores, or show one')
    .addHelpText('after', '\nExample:\n  lifeboat restore get shop-1-20261122093000 -o yaml');
  return withListFlags(command).action(async (name: string | undefined, flags: ListFlags) =>
    (await reports()).restoreList(line, name, flags),
  );
}

function describeCommand(line: CommandLine): Command {
  const command = new Command('describe')
    .argument('<name>')
    .description('what was asked for, how it ended, and what became of the objects')
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  lifeboat restore describe shop-1-20261122093000');
  return withOutcomePage(command).action(
    async (name: string, { output, ...page }: OutcomePage & { output?: OutputFormat }) =>
      (await reports()).describeRestore(line, name, page, output),
  );
}

function logsCommand(line: CommandLine): Command {
  return new Command('logs')
    .argument('<name>')
    .description('the log of the run')
    .addHelpText('after', '\nExample:\n  lifeboat restore logs shop-1-20261122093000')
    .action(async (name: string) => (await reports()).restoreLogs(line, name));
}
