import { setImmediate } from 'node:timers/promises';
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
      // The list is read while the first answer is on its way.
      const [{ backupList }] = await Promise.all([setImmediate().then(() => import('./list')), line.open()]);
      await backupList(line, name, flags);
    },
  );
}
