import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { vaultOfBackup } from '../../find-backup';

/** `lifeboat backup accept`. */
export function acceptCommand(line: CommandLine): Command {
  return new Command('accept')
    .argument('<names...>')
    .description('say that suspect backups are right as they are: from now on they count for the rules')
    .option('--reason <text>', 'why, for whoever asks later')
    .option('--vault <name>', 'vault to look in; default all')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat backup accept nightly-20261122020000 --reason "the shop was emptied"',
    )
    .action(async (names: string[], options: { reason?: string; vault?: string }) => {
      const { acceptBackup } = await import('../../../shared/app/backups/mark-backup');
      const installation = await line.open();
      for (const name of names) {
        const vault = (await vaultOfBackup(installation, name, options.vault)).name;
        const accepted = await acceptBackup(installation, { vault, backup: name }, options.reason);
        line.screen.out(accepted ? `Backup ${name} is accepted.` : `Backup ${name} was accepted already.`);
      }
    });
}
