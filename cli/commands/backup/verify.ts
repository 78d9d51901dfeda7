import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { vaultOfBackup } from '../../find-backup';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { printOne } from '../../output/print';

/** `lifeboat backup verify`. */
export function verifyBackupCommand(line: CommandLine): Command {
  return new Command('verify')
    .argument('<name>')
    .description('read a backup again, every byte of it, and prove that it is whole')
    .option('--vault <name>', 'vault to look in; default all')
    .option('--require-proof', 'also fail when something is not provable')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `\nExit codes: 0 nothing is broken, ${exitCodes.corrupt} something is, ${exitCodes.denied} something may not be read, ${exitCodes.unprovable} it claims to be a backup of Lifeboat and cannot be proved; with --require-proof also when something is not provable.\n` +
        'Velero stores no checksums and signs nothing, so its backups are read and compared with their counts, and stay not provable.\n\nExample:\n  lifeboat backup verify shop-1',
    )
    .action(
      async (name: string, options: { vault?: string; output?: OutputFormat; requireProof?: boolean }) => {
        const { verifyBackup } = await import('../../../shared/formats/vault/verify/verify-backup');
        const { judgedBackup } = await import('../../../shared/app/backups/proved-backup');
        const { verificationText } = await import('../../output/verification');
        const { showProgress } = await import('../../progress/wait-for-run');
        const installation = await line.open();
        const vault = await vaultOfBackup(installation, name, options.vault);
        const origin = await judgedBackup(installation, { vault: vault.name, backup: name });
        const shown = showProgress(`backup ${name}`, line, 'Reading');
        const verification = await verifyBackup(vault.store, name, {
          origin,
          temporaryDirectory: tmpdir(),
          progress: (done, total) => shown.update({ phase: 'Verifying', done, total }),
        }).finally(() => shown.stop());
        await printOne(line, verification, options.output, () => verificationText(verification, vault.name));
        if (verification.proof === 'broken') line.exitWith(exitCodes.corrupt);
        else if (verification.proof === 'unreadable') line.exitWith(exitCodes.denied);
        else if (
          origin.verdict === 'unproved' ||
          (verification.proof === 'unprovable' && options.requireProof)
        )
          line.exitWith(exitCodes.unprovable);
      },
    );
}
