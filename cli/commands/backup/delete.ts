import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { vaultOfDeletion } from '../../find-backup';
import { confirmedIn } from '../../options/confirm';

/** `lifeboat backup delete`. */
export function deleteBackupCommand(line: CommandLine): Command {
  return new Command('delete')
    .argument('<name>')
    .description('take a backup out of its vault; asks first')
    .option('--vault <name>', 'vault to look in; default all')
    .option('-y, --yes', 'do not ask')
    .option(
      '--immediately',
      'delete the content now, also under a restore that reads it; default 25 hours later',
    )
    .addHelpText('after', '\nExample:\n  lifeboat backup delete shop-1')
    .action(async (name: string, options: { vault?: string; yes?: boolean; immediately?: boolean }) => {
      const { removeBackup } = await import('../../../shared/app/backups/remove-backup');
      const installation = await line.open();
      const vault = await vaultOfDeletion(installation, name, options.vault);
      if (
        !options.yes &&
        !(await confirmedIn(installation, `Delete backup ${name} from vault ${vault.name}?`, 'delete'))
      ) {
        line.screen.note('Nothing was deleted.');
        return;
      }
      const deletion = await removeBackup(
        installation,
        { vault: vault.name, backup: name },
        { immediately: options.immediately },
      );
      switch (deletion.state) {
        case 'hidden':
          line.screen.out(
            `Backup ${name} is out of the vault; its content goes after ${deletion.contentAfter.toISOString()}.`,
          );
          return;
        case 'deleted':
          line.screen.out(`Backup ${name} deleted.`);
          return;
        case 'replaced':
          line.screen.out(`Another backup of the name ${name} has been written since; it was left alone.`);
          return;
        case 'kept':
        case 'held':
          line.screen.note(`Backup ${name} is kept: ${deletion.reason}.`);
          line.exitWith(exitCodes.conflict);
          return;
        case 'immutable':
          line.screen.note(
            `Backup ${name} is locked: ${deletion.reason}. It is tried again when the lock ends.`,
          );
          line.exitWith(exitCodes.denied);
      }
    });
}
