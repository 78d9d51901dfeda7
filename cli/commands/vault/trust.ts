import { Command } from 'commander';
import type { CommandLine } from '../../command-line';

/** `lifeboat vault trust`. */
export function trustVaultKeyCommand(line: CommandLine): Command {
  return new Command('trust')
    .argument('<name>')
    .description('take backups in this vault that a key signed as proved')
    .requiredOption(
      '--key <key>',
      'public key, as `lifeboat replication key` of the other installation prints it',
    )
    .option('--remove', 'no longer trust it')
    .addHelpText('after', '\nExample:\n  lifeboat vault trust theirs --key 3q2+7w…=')
    .action(async (name: string, flags: { key: string; remove?: boolean }) => {
      const { trustKey } = await import('../../../shared/app/vaults/trust-key');
      const { spec } = await trustKey(await line.open(), name, flags);
      const count = spec.trustedKeys?.length ?? 0;
      line.screen.out(`Vault ${name} trusts ${count} ${count === 1 ? 'key' : 'keys'}.`);
    });
}
