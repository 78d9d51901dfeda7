import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { LifeboatError, messageOf } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';

/** `lifeboat state recovery-key`. */
export function recoveryKeyCommand(line: CommandLine): Command {
  return new Command('recovery-key')
    .description(
      'make a pair of keys: the private half into a file that you keep, the public one to standard output',
    )
    .requiredOption('--private-key-file <file>', 'file for the private half; must not exist')
    .addHelpText(
      'after',
      '\nSet LIFEBOAT_RECOVERY_KEY to the public half. The private one is needed for `lifeboat state restore` alone:\n' +
        'keep it outside of this account, and not beside the vault.\n\n' +
        'Example:\n  lifeboat state recovery-key --private-key-file recovery.key',
    )
    .action(async ({ privateKeyFile: file }: { privateKeyFile: string }) => {
      const { newRecoveryKey } = await import('../../../shared/operations/disaster/recovery/recovery-key');
      const { systemRandom } = await import('../../../shared/platform/system');
      const { publicKey, privateKey } = newRecoveryKey(systemRandom);
      await writeFile(file, `${privateKey}\n`, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
        const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
        throw new LifeboatError('invalid', `${file}: ${there ? 'the file exists' : messageOf(error)}`, {
          hint: 'name a file that does not exist, in a folder that does',
        });
      });
      line.screen.out(publicKey);
      line.screen.note(`The private half is in ${file}: keep it where neither vault nor state is.`);
    });
}

/** `lifeboat state reseal`. */
export function resealCommand(line: CommandLine): Command {
  return new Command('reseal')
    .description('keep what is sealed in the state a second time, for the recovery key')
    .addHelpText(
      'after',
      '\nNeeds LIFEBOAT_RECOVERY_KEY, and the keys that the secrets are sealed with.\n\nExample:\n  lifeboat state reseal',
    )
    .action(async () => {
      const { reseal } = await import('../../../shared/app/rotation/reseal');
      const { kept, known, failed } = await reseal(await line.open());
      for (const key of kept) line.screen.out(`${key} kept`);
      for (const key of known) line.screen.out(`${key} was kept before`);
      for (const { key, reason } of failed) line.screen.note(`${key}: ${reason}`);
      if (kept.length + known.length + failed.length === 0)
        line.screen.note('Nothing is sealed in the state.');
      if (failed.length > 0) line.exitWith(exitCodes.runFailed);
    });
}
