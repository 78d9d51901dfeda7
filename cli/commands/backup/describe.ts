import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { vaultOfBackup } from '../../find-backup';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { printOne } from '../../output/print';

/** `lifeboat backup describe`. */
export function describeBackupCommand(line: CommandLine): Command {
  return new Command('describe')
    .argument('<name>')
    .description('what was asked for, how it ended, what is in it and what is not')
    .option('--vault <name>', 'vault to look in; default all')
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  lifeboat backup describe shop-1')
    .action(async (name: string, options: { vault?: string; output?: OutputFormat }) => {
      const { describeBackup } = await import('../../../shared/formats/vault/describe-backup');
      const { describeBackupText } = await import('../../output/describe-backup');
      const { backupStandings } = await import('../../../shared/app/backups/backup-standings');
      const { holdReason } = await import('../../../shared/app/backups/mark-backup');
      const installation = await line.open();
      const vault = await vaultOfBackup(installation, name, options.vault);
      const place = { vault: vault.name, backup: name };
      const [description, standingOf, hold] = await Promise.all([
        describeBackup(vault.store, name),
        backupStandings(installation, vault.name),
        holdReason(installation, place),
      ]);
      const described = {
        ...description,
        standing: { ...standingOf(name), ...(hold !== undefined && { hold }) },
      };
      await printOne(line, described, options.output, () => describeBackupText(described, vault.name));
    });
}
