import { Command } from 'commander';
import type { CommandLine } from '../../command-line';

/** `lifeboat vault share`. */
export function shareVaultCommand(line: CommandLine): Command {
  return new Command('share')
    .argument('<name>')
    .description('let other installations that say the same write to a vault too')
    .option('--stop', 'let no other installation write to it any more')
    .addHelpText(
      'after',
      '\nNames of backups of its schedules then carry the first 6 digits of the id of this installation, and go on to do so.\n' +
        '\nExample:\n  lifeboat vault share main',
    )
    .action(async (name: string, { stop }: { stop?: boolean }) => {
      const sharing = await import('../../../shared/app/vaults/share-vault');
      const installation = await line.open();
      if (stop) {
        await sharing.unshareVault(installation, name);
        line.screen.out(`Vault ${name} is this installation's alone.`);
        return;
      }
      await sharing.shareVault(installation, name);
      line.screen.out(`Vault ${name} is shared; this installation is ${installation.id}.`);
    });
}
