import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { Adoptions } from '../../../shared/app/state/adopt';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { counted } from '../../../shared/platform/counted';

interface AdoptFlags {
  vault?: string;
  trustKey?: string;
  dryRun?: boolean;
}

/** `lifeboat state adopt`. */
export function adoptCommand(line: CommandLine): Command {
  return new Command('adopt')
    .argument('<installation>', 'id of the installation that made them, as `state exports` shows it')
    .description(
      'take over the backups and the claims of an installation that is gone: retention and replication treat them as our own',
    )
    .option('--vault <name>', 'only those in this vault; default all')
    .option('--trust-key <key>', 'only what this key signed')
    .option('--dry-run', 'say what would be adopted, and write nothing')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat state adopt 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --vault main --dry-run',
    )
    .action(async (installation: string, flags: AdoptFlags) => {
      const { adoptInstallation } = await import('../../../shared/app/state/adopt');
      const adoptions = await adoptInstallation(await line.open(), installation, flags);
      assertSome(installation, adoptions);
      printAdoptions(line, adoptions, flags.dryRun);
    });
}

/** An id that is mistyped would pass for an installation without backups. */
function assertSome(installation: string, adoptions: Adoptions): void {
  const looked = Object.values(adoptions);
  const some = looked.some(
    (one) =>
      'failed' in one ||
      one.claimTaken ||
      [one.adopted, one.known, one.refused].some((list) => list.length > 0),
  );
  if (some) return;
  throw new LifeboatError(
    'not-found',
    `no vault holds a backup of installation ${installation.slice(0, 40)}`,
    {
      hint: '`lifeboat state exports` lists the installations that exported their state',
    },
  );
}

/** What was adopted, by vault; what was not is named with the reason. */
export function printAdoptions(line: CommandLine, adoptions: Adoptions, dryRun = false): void {
  const { screen } = line;
  for (const [vault, done] of Object.entries(adoptions)) {
    if ('failed' in done) {
      screen.note(`Vault ${vault}: ${done.failed}`);
      line.exitWith(exitCodes.runFailed);
      continue;
    }
    const { adopted, known, refused } = done;
    const before = known.length > 0 ? `, ${known.length} were ours before` : '';
    screen.out(
      `Vault ${vault}: ${counted(adopted.length, 'backup')} ${dryRun ? 'would be adopted' : 'adopted'}${before}`,
    );
    for (const { name, reason } of refused) screen.note(`  ${name} not adopted: ${reason}`);
    if (done.claimTaken) screen.out(`Vault ${vault}: claimed by this installation instead`);
  }
}
