import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { vaultOfBackup } from '../../find-backup';
import { printPieces } from '../../output/visible';

/** `lifeboat backup logs`. */
export function backupLogsCommand(line: CommandLine): Command {
  return new Command('logs')
    .argument('<name>')
    .description('the log of the run that made it; `lifeboat run logs` also while it goes on')
    .option('--vault <name>', 'vault to look in; default all')
    .addHelpText('after', '\nExample:\n  lifeboat backup logs shop-1')
    .action(async (name: string, options: { vault?: string }) => {
      const { readLog } = await import('../../../shared/formats/vault/side-files/read-log');
      const { backupKeys } = await import('../../../shared/formats/vault/layout');
      const vault = await vaultOfBackup(await line.open(), name, options.vault);
      await printPieces(readLog(vault.store, backupKeys(name).logs), (text) => process.stdout.write(text));
    });
}
