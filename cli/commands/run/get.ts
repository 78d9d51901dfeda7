import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { type ListFlags, withListFlags } from '../../output/list-flags';

/** `run get [run]`. */
export function getRunsCommand(line: CommandLine): Command {
  const command = new Command('get')
    .argument('[run]', 'a name, or backup/<name>, restore/<name>, plan/<name> or copy/<name>')
    .description('list the runs that are not finished, or show one: how far it is, and what it waits for')
    .option('--all', 'also those that have ended')
    .addHelpText('after', '\nExample:\n  lifeboat run get --watch');
  return withListFlags(command).action(
    async (text: string | undefined, flags: ListFlags & { all?: boolean }) => {
      const { runList } = await import('./list');
      await runList(line, text, flags);
    },
  );
}
