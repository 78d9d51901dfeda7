import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { type ListFlags, withListFlags } from '../../output/list-flags';

/** `lifeboat backup get`. */
export function getBackupsCommand(line: CommandLine): Command {
  const command = new Command('get')
    .argument('[name]')
    .description('list the backups of a vault or of all, or show one')
    .option('--vault <name>', 'vault to look in; default all')
    .addHelpText('after', '\nExample:\n  lifeboat backup get --watch');
  return withListFlags(command).action(
    async (name: string | undefined, flags: ListFlags & { vault?: string }) => {
      const { backupList } = await import('./list');
      await backupList(line, name, flags);
    },
  );
}
