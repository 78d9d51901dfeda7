import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { ObjectHistory } from '../../../shared/operations/browse/search-backups';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { chosenVault } from '../../find-backup';
import { wantedObject } from '../../options/object-name';
import { document } from '../../output/document';
import { fieldChangeLines } from '../../output/field-changes';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { shortened } from '../../output/sections';
import { counted } from '../../../shared/platform/counted';

interface SearchFlags {
  vault?: string;
  namespace?: string;
  output?: OutputFormat;
}

/** `lifeboat backup search`. */
export function searchCommand(line: CommandLine): Command {
  return new Command('search')
    .argument('<kind>', 'as kubectl takes it: configmap, cm, deployments.apps')
    .argument('<object>', 'namespace/name, or the name of a cluster-scoped object')
    .description('an object over all backups of a vault: each content it had, and the backups that hold it')
    .option('--vault <name>', 'vault to look in; default the only one')
    .option('-n, --namespace <name>', 'namespace of the object, where the name stands alone')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nNewest first, with what changed against the version before. `backup show` shows the object in one backup.\n\n' +
        'Example:\n  lifeboat backup search configmap shop/settings',
    )
    .action(async (kind: string, place: string, flags: SearchFlags) => {
      const wanted = wantedObject(kind, place, flags.namespace);
      const { showProgress } = await import('../../progress/wait-for-run');
      const { searchBackups } = await import('../../../shared/operations/browse/search-backups');
      const installation = await line.open();
      const vault = await chosenVault(installation, flags.vault);
      const progress = showProgress(`vault ${vault.name}`, line, 'Searching');
      const { provedBackup } = await import('../../../shared/app/backups/proved-backup');
      const history = await searchBackups(vault.store, wanted, {
        open: (backup) => provedBackup(installation, { vault: vault.name, backup }),
        temporaryDirectory: tmpdir(),
        secretKey: installation.random.bytes(32),
        progress: (done, total) => progress.update({ phase: 'Searching', done, total }),
      }).finally(() => progress.stop());
      for (const { name, reason } of history.unreadable)
        line.screen.note(`${name} cannot be read: ${reason}`);
      if (history.unreadable.length > 0) line.exitWith(exitCodes.corrupt);
      if (flags.output) line.screen.out(await document(history, flags.output));
      else if (history.versions.length > 0) line.screen.out(historyText(history));
      else
        throw new LifeboatError('not-found', `no backup of vault "${vault.name}" holds ${kind} ${place}`, {
          hint: 'see what a backup holds with `lifeboat backup tree`',
        });
    });
}

function historyText({ versions, without }: ObjectHistory): string {
  const lines = versions.flatMap(({ id, backups, changes }) => {
    const span = [backups[0], backups.at(-1)].map((backup) => backup?.startTimestamp ?? '?');
    const when = span[0] === span[1] ? span[0]! : `${span[1]} to ${span[0]}`;
    const names = shortened(
      backups.map(({ name }) => name),
      '-o yaml shows all',
    );
    return [
      `version ${id}, ${when}`,
      ...names.map((name) => `  in ${name}`),
      ...shortened(fieldChangeLines(changes ?? []), '-o yaml shows all').map((text) => `    ${text}`),
    ];
  });
  const missing =
    without.length > 0
      ? [`${counted(without.length, 'backup')} ${without.length === 1 ? 'does' : 'do'} not hold it`]
      : [];
  return [...lines, ...missing].join('\n');
}
