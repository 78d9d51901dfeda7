import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { StateRestorePlan } from '../../../shared/operations/disaster/state-restore/plan-state-restore';
import type { CommandLine } from '../../command-line';
import { commandEnvironment } from '../../context-file';
import { readTextFile } from '../../text-file';
import { confirmed } from '../../options/confirm';
import { vaultPlace, type VaultPlaceFlags, withVaultPlace } from '../../options/vault-place';
import { field, joined, section } from '../../output/sections';
import { table } from '../../output/table';
import { printAdoptions } from './adopt';

interface RestoreFlags extends VaultPlaceFlags {
  installation?: string;
  day?: string;
  recoveryKeyFile?: string;
  trustKey?: string;
  adopt?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

/** `lifeboat state restore`. */
export function restoreStateCommand(line: CommandLine): Command {
  const command = new Command('restore')
    .description('make a new installation, paused, of the export that lies in a vault')
    .option('--installation <id>', 'whose export; default that of the only one there is')
    .option('--day <day>', 'of which day, 2026-11-23; default the newest')
    .option(
      '--recovery-key-file <file>',
      'private half of the recovery key; without it nothing sealed comes back',
    )
    .option('--trust-key <key>', 'refuse an export, and backups to adopt, that this key has not signed')
    .option('--adopt', 'take over the backups of the old installation')
    .option('--dry-run', 'show what would be made, and write nothing')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      '\nThe new state goes to LIFEBOAT_STATE, which must be empty. Schedules and replications come back paused.\n\n' +
        'Example:\n  lifeboat state restore --vault-region cn-hangzhou --vault-bucket team-backups --vault-prefix production \\\n' +
        '    --recovery-key-file recovery.key --adopt',
    )
    .action(async (flags: RestoreFlags) => restoreState(line, flags));
  return withVaultPlace(command);
}

async function restoreState(line: CommandLine, flags: RestoreFlags): Promise<void> {
  const [{ openLostVault }, { newState }, { planStateRestore }, exports, restoring] = await Promise.all([
    import('../../../shared/app/vaults/lost-vault'),
    import('../../../shared/app/state/new-state'),
    import('../../../shared/operations/disaster/state-restore/plan-state-restore'),
    import('../../../shared/operations/disaster/state-export/exports'),
    import('../../../shared/app/state/restore-state'),
  ]);
  const environment = await commandEnvironment(process.env);
  const named = vaultPlace(flags, environment);
  if (!named)
    throw new LifeboatError('invalid', 'no vault is named', {
      hint: 'name its place: --vault-region, --vault-bucket, --vault-prefix',
    });
  const recoveryKey = flags.recoveryKeyFile && (await readTextFile(flags.recoveryKeyFile)).trim();
  const { place, store } = openLostVault(named, environment);
  const work = newState(environment);
  await restoring.assertEmpty(work.state);
  const read = await exports.readExport(store, await exports.chooseExport(store, flags));
  exports.assertSignedBy(read, flags.trustKey);
  const plan = planStateRestore(read, place, recoveryKey || undefined);
  line.screen.out(planText(plan, work.state.name, flags));
  if (flags.dryRun) return;
  if (!flags.yes && !(await confirmed(`Make this installation at ${work.state.name}?`, 'restore'))) {
    line.screen.note('Nothing was made.');
    return;
  }
  const id = await restoring.restoreState(plan, work);
  line.screen.out(`Installation ${id} made at ${work.state.name}, its schedules and replications paused.`);
  if (flags.adopt) {
    const { adoptInstallation } = await import('../../../shared/app/state/adopt');
    const adoptions = await adoptInstallation(await line.open(), plan.content.installation, flags);
    printAdoptions(line, adoptions);
  } else {
    line.screen.note(
      `The backups of ${plan.content.installation} can be restored; \`lifeboat state adopt ${plan.content.installation}\` makes them this installation's, and the vaults that it claimed.`,
    );
  }
}

/** What will be made, before it is. */
function planText(
  { content, signedBy, objects, leftOut }: StateRestorePlan,
  place: string,
  flags: RestoreFlags,
): string {
  const rows = [...objects].map(([key, { changes }]) => [key, changes.join('; ')]);
  return joined([
    field('From', `installation ${content.installation}, ${content.day}, vault ${content.vault.name}`),
    field('Signed by', signedWords(signedBy, flags.trustKey)),
    field('Into', place),
    field('Backups', flags.adopt ? 'adopted' : 'not adopted'),
    '',
    table(['object', 'changed'], rows),
    ...section(
      'Left out',
      leftOut.map(({ key, reason }) => `${key}: ${reason}`),
    ),
    '',
  ]);
}

function signedWords(signedBy: string | undefined, trusted: string | undefined): string {
  if (signedBy === undefined) return 'nobody: whoever can write to the vault could have made it';
  return trusted === undefined
    ? `${signedBy}, which was not compared: give --trust-key`
    : `${signedBy}, which is trusted`;
}
