import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { confirmedIn } from '../../options/confirm';

/** `lifeboat vault delete`. */
export function deleteVaultCommand(line: CommandLine): Command {
  return new Command('delete')
    .argument('<name>')
    .description('forget a vault; its backups stay in their bucket, and nothing expires there any more')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  lifeboat vault delete old')
    .action(async (name: string, { yes }: { yes?: boolean }) => {
      const { removeVault } = await import('../../../shared/app/vaults/remove-vault');
      const { placeText } = await import('../../output/vault-place');
      const installation = await line.open();
      const { assertExists } = await import('../../../shared/app/assert-exists');
      await assertExists(installation.state.vaults, name);
      const place = await installation.state.vaults.get(name).then(placeText, () => 'its place');
      if (
        !yes &&
        !(await confirmedIn(installation, `Forget vault ${name}? Its backups stay at ${place}.`, 'forget'))
      ) {
        line.screen.note('Nothing was changed.');
        return;
      }
      const { claimLeft } = await removeVault(installation, name);
      line.screen.out(`Vault ${name} deleted; its backups are still at ${place}.`);
      if (claimLeft !== undefined)
        line.screen.note(
          `The claim of this installation (${installation.id}) stays there: ${claimLeft}. Another installation adds the vault with --replace ${installation.id}.`,
        );
    });
}
