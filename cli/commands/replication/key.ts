import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';

/** `replication key`. */
export function keyCommand(line: CommandLine): Command {
  return new Command('key')
    .description('print the public key of this installation, for rules of others to trust (--trust-key)')
    .addHelpText('after', '\nExample:\n  lifeboat replication key')
    .action(async () => {
      const { publicSigningKey } = await import('../../../shared/app/secrets/signing-key');
      const key = await publicSigningKey(await line.open());
      if (key === undefined) {
        throw new LifeboatError(
          'invalid',
          'there is no signing key in the state, and LIFEBOAT_SIGNING_KEY is not set: no backup is signed',
          { hint: 'make one with `lifeboat seal signing-key`' },
        );
      }
      line.screen.out(key);
    });
}
