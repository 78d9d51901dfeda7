import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { vaultOfBackup } from '../../find-backup';

/** `lifeboat backup hold`. */
export function holdCommand(line: CommandLine): Command {
  return new Command('hold')
    .argument('<name>')
    .description('put a backup under legal hold: neither rules nor people delete it until it is released')
    .requiredOption('--reason <text>', 'why, for whoever asks later')
    .option('--vault <name>', 'vault to look in; default all')
    .addHelpText('after', '\nExample:\n  lifeboat backup hold shop-1 --reason "case 4711"')
    .action(async (name: string, options: { reason: string; vault?: string }) => {
      const { holdBackup } = await import('../../../shared/app/backups/mark-backup');
      const installation = await line.open();
      const vault = (await vaultOfBackup(installation, name, options.vault)).name;
      const { held, deleting, expiration } = await holdBackup(
        installation,
        { vault, backup: name },
        options.reason,
      );
      line.screen.out(
        held ? `Backup ${name} is under legal hold.` : `Backup ${name} was under legal hold already.`,
      );
      if (deleting)
        line.screen.note('A deletion of it had begun, and is given up: see whether it is there in a minute.');
      if (expiration !== undefined)
        line.screen.note(
          `A Velero that may write to vault ${vault} deletes it after ${expiration} all the same: ` +
            'set accessMode: ReadOnly in its BackupStorageLocation.',
        );
    });
}

/** `lifeboat backup release`. */
export function releaseCommand(line: CommandLine): Command {
  return new Command('release')
    .argument('<name>')
    .description('end the legal hold of a backup: its TTL and the rules decide again')
    .option('--vault <name>', 'vault to look in; default all')
    .addHelpText('after', '\nExample:\n  lifeboat backup release shop-1')
    .action(async (name: string, options: { vault?: string }) => {
      const { releaseBackup } = await import('../../../shared/app/backups/mark-backup');
      const installation = await line.open();
      const vault = (await vaultOfBackup(installation, name, options.vault)).name;
      const released = await releaseBackup(installation, { vault, backup: name });
      line.screen.out(released ? `Backup ${name} is released.` : `Backup ${name} was under no legal hold.`);
    });
}
