import { Command } from 'commander';
import type { CommandLine } from '../../command-line';

/** `seal signing-key`. */
export function signingKeyCommand(line: CommandLine): Command {
  return new Command('signing-key')
    .description(
      'make the key with which backups are signed, or take that of LIFEBOAT_SIGNING_KEY, and keep it sealed in the state; prints the public key',
    )
    .option('--replace', 'replace the key that there is')
    .addHelpText('after', '\nExample:\n  lifeboat seal signing-key')
    .action(async ({ replace }: { replace?: boolean }) => {
      const { keepSigningKey } = await import('../../../shared/app/secrets/signing-key');
      line.screen.out(await keepSigningKey(await line.open(), { replace }));
    });
}
