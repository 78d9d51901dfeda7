import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { printOne } from '../../output/print';
import { withoutSeal } from '../../output/vault';

/** `lifeboat vault describe`. */
export function describeVaultCommand(line: CommandLine): Command {
  return new Command('describe')
    .argument('<name>')
    .description('where it is, how it is used, and what is found there now')
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  lifeboat vault describe main')
    .action(async (name: string, { output }: { output?: OutputFormat }) => {
      const { examineRegisteredVault } = await import('../../../shared/app/vaults/examine-registered-vault');
      const { vaultTrigger } = await import('../../../shared/app/vaults/vault-trigger');
      const { describeVaultText } = await import('../../output/describe-vault');
      const installation = await line.open();
      const vault = await installation.state.vaults.get(name);
      const findings = await examineRegisteredVault(installation, vault);
      const trigger = vaultTrigger(vault, installation.settings);
      const value = { ...withoutSeal(vault), found: findings, replication: trigger };
      await printOne(line, value, output, () => describeVaultText(vault, findings, trigger));
      const wrong = findings.find(({ level }) => level === 'error');
      if (wrong) line.exitWith(exitCodes[wrong.kind ?? 'invalid']);
    });
}
