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
      const { describeBackup } = await import('../../../shared/vault/describe-backup');
      const { describeBackupText } = await import('../../output/describe-backup');
      const vault = await vaultOfBackup(await line.open(), name, options.vault);
      const description = await describeBackup(vault.store, name);
      await printOne(line, description, options.output, () => describeBackupText(description, vault.name));
    });
}
