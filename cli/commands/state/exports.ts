import { Command } from 'commander';
import type { ListedExport } from '../../../shared/operations/disaster/state-export/exports';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { chosenVault } from '../../find-backup';
import { vaultPlace, type VaultPlaceFlags, withVaultPlace } from '../../options/vault-place';
import { ageOf } from '../../output/age';
import { document } from '../../output/document';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { type Listing, printList } from '../../output/print';
import { size } from '../../output/size';

const listing = (now: Date): Listing<ListedExport> => ({
  what: 'exports',
  headings: ['installation', 'day', 'size', 'age'],
  row: ({ installation, day, bytes, written }) => [
    installation,
    day,
    size(bytes),
    ageOf(written.toISOString(), now),
  ],
});

/** `lifeboat state exports`. */
export function exportsCommand(line: CommandLine): Command {
  const command = new Command('exports')
    .description(
      'list the exports of states that lie in a vault: a registered one, or one that is named by its place',
    )
    .option('--vault <name>', 'registered vault; default the only one')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat state exports --vault main\n' +
        '  lifeboat state exports --vault-region cn-hangzhou --vault-bucket team-backups --vault-prefix production',
    )
    .action(async (flags: VaultPlaceFlags & { vault?: string; output?: OutputFormat }) => {
      const { listExports } = await import('../../../shared/operations/disaster/state-export/exports');
      const place = vaultPlace(flags, process.env);
      const store =
        place === undefined
          ? (await chosenVault(await line.open(), flags.vault)).store
          : (await import('../../../shared/app/vaults/lost-vault')).openLostVault(place).store;
      await printList(line, listing(line.clock.now()), await listExports(store), { output: flags.output });
    });
  return withVaultPlace(command);
}

/** `lifeboat state export`. */
export function exportCommand(line: CommandLine): Command {
  return new Command('export')
    .description('export the state to the vaults now, where the export of the day is not there yet')
    .addOption(outputOption())
    .addHelpText('after', '\nThe hourly function does this too.\n\nExample:\n  lifeboat state export')
    .action(async ({ output }: { output?: OutputFormat }) => {
      const { exportState } = await import('../../../shared/app/state/export-state');
      const exports = await exportState(await line.open());
      if (output) line.screen.out(await document(exports, output));
      const leftOut = new Set<string>();
      for (const [vault, done] of Object.entries(exports)) {
        if ('failed' in done) {
          line.exitWith(exitCodes.runFailed);
          if (!output) line.screen.note(`Vault ${vault}: ${done.failed}`);
          continue;
        }
        if (output) continue;
        const how = done.written ? `written, ${size(done.bytes ?? 0)}` : 'was there';
        line.screen.out(`Vault ${vault}: export of ${done.day} ${how}`);
        for (const left of done.leftOut ?? []) leftOut.add(left);
      }
      if (leftOut.size === 0) return;
      for (const left of leftOut) line.screen.note(`  without ${left}`);
      line.screen.note(
        'hint:  make a recovery key with `lifeboat state recovery-key`, then run `lifeboat state reseal`',
      );
    });
}
