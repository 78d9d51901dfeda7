import { Command } from 'commander';
import { LifeboatError } from '../../../shared/errors';
import type { CommandLine } from '../../command-line';

/** `replication key`. */
export function keyCommand(line: CommandLine): Command {
  return new Command('key')
    .description('print the public key of this installation, for rules of others to trust (--trust-key)')
    .action(async () => {
      const { seedSigner } = await import('../../../shared/vault/signer');
      const { signingKey } = (await line.open()).settings;
      if (signingKey === undefined) {
        throw new LifeboatError('invalid', 'LIFEBOAT_SIGNING_KEY is not set, so no backup is signed', {
          hint: 'make one with `openssl rand -base64 32` and give it to the backup function too',
        });
      }
      line.screen.out(await seedSigner(signingKey).publicKey());
    });
}
