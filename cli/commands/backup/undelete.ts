import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { vaultOfDeletion } from '../../find-backup';

/** `lifeboat backup undelete`. */
export function undeleteBackupCommand(line: CommandLine): Command {
  return new Command('undelete')
    .argument('<name>')
    .description(
      'take the decision to delete a backup back, while the next hourly pass has not carried it out',
    )
    .option('--vault <name>', 'vault to look in; default all')
    .addHelpText('after', '\nExample:\n  lifeboat backup undelete shop-1')
    .action(async (name: string, options: { vault?: string }) => {
      const { takeBackRemoval } = await import('../../../shared/app/backups/remove-backup');
      const installation = await line.open();
      const vault = await vaultOfDeletion(installation, name, options.vault);
      await takeBackRemoval(installation, { vault: vault.name, backup: name });
      line.screen.out(`Backup ${name} stays: its deletion was taken back.`);
    });
}
