import { Command } from 'commander';
import { LifeboatError } from '../../shared/errors';
import type { CommandLine } from '../command-line';
import { chosenCluster, chosenVault, vaultOfBackup } from '../find-backup';
import { type SelectionFlags, selectionSpec, withSelection } from '../options/selection';
import { waitAndReport, withWait } from '../options/wait';
import { document, type OutputFormat, outputFormat } from '../output/document';
import { type ListFlags, withListFlags } from '../output/list-flags';
import { acceptCommand } from './backup/accept';
import { copyBackupCommand } from './backup/copy';
import { deleteBackupCommand } from './backup/delete';
import { diffCommand } from './backup/diff';
import { downloadCommand } from './backup/download';
import { exportBackupCommand } from './backup/export';
import { holdCommand, releaseCommand } from './backup/hold';
import { backupList } from './backup/list';
import { searchCommand } from './backup/search';
import { showCommand } from './backup/show';
import { treeCommand } from './backup/tree';
import { verifyBackupCommand } from './backup/verify';

interface CreateFlags extends SelectionFlags {
  cluster?: string;
  vault?: string;
  wait?: boolean;
  hold?: string;
}

/** `lifeboat backup`. */
export function backupCommand(line: CommandLine): Command {
  const command = new Command('backup').description('backups, ours and Velero’s');
  command.addCommand(createCommand(line));
  withListFlags(
    command
      .command('get [name]')
      .description('list the backups of a vault or of all, or show one')
      .option('--vault <name>', 'vault to look in; default all')
      .addHelpText('after', '\nExample:\n  lifeboat backup get --watch'),
  ).action((name: string | undefined, flags: ListFlags & { vault?: string }) =>
    backupList(line, name, flags),
  );
  command
    .command('describe <name>')
    .description('what was asked for, how it ended, what is in it and what is not')
    .option('--vault <name>', 'vault to look in; default all')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string, options: { vault?: string; output?: OutputFormat }) => {
      const { describeBackup } = await import('../../shared/vault/describe-backup');
      const { describeBackupText } = await import('../output/describe-backup');
      const vault = await vaultOfBackup(await line.open(), name, options.vault);
      const description = await describeBackup(vault.store, name);
      line.screen.out(
        options.output ? document(description, options.output) : describeBackupText(description, vault.name),
      );
    });
  command
    .command('logs <name>')
    .description('the log of the run that made it; `lifeboat run logs` also while it goes on')
    .option('--vault <name>', 'vault to look in; default all')
    .action(async (name: string, options: { vault?: string }) => {
      const { readLog } = await import('../../shared/vault/side-files/read-log');
      const { backupKeys } = await import('../../shared/vault/layout');
      const vault = await vaultOfBackup(await line.open(), name, options.vault);
      for await (const piece of readLog(vault.store, backupKeys(name).logs)) process.stdout.write(piece);
    });
  command.addCommand(treeCommand(line));
  command.addCommand(showCommand(line));
  command.addCommand(exportBackupCommand(line));
  command.addCommand(diffCommand(line));
  command.addCommand(searchCommand(line));
  command.addCommand(downloadCommand(line));
  command.addCommand(verifyBackupCommand(line));
  command.addCommand(copyBackupCommand(line));
  command.addCommand(deleteBackupCommand(line));
  command.addCommand(holdCommand(line));
  command.addCommand(releaseCommand(line));
  command.addCommand(acceptCommand(line));
  return command;
}

function createCommand(line: CommandLine): Command {
  const command = new Command('create')
    .argument('<name>')
    .description('back up namespaces, or what labels select, now')
    .option('--cluster <name>', 'cluster to back up; default the only one')
    .option('--vault <name>', 'vault that takes it; default the only one')
    .option('--hold <reason>', 'under legal hold from its first moment: also a Velero then lets it be')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat backup create shop-1 --include-namespaces shop,shop-jobs --wait\n' +
        "  lifeboat backup create all-1 --include-namespaces '*' --ttl 168h",
    )
    .action(async (name: string, flags: CreateFlags) => {
      const { requestBackup } = await import('../../shared/installation/runs/request');
      const spec = selectionSpec(flags);
      assertSelects(spec);
      const installation = await line.open();
      const cluster = await chosenCluster(installation, flags.cluster);
      const vault = (await chosenVault(installation, flags.vault)).name;
      const labels = flags.labels;
      await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name, ...(labels && { labels }) },
        cluster,
        vault,
        spec,
        ...(flags.hold !== undefined && { hold: flags.hold }),
      });
      line.screen.note(`Backup ${name} of cluster ${cluster} to vault ${vault} requested.`);
      if (flags.wait) await waitAndReport(line, 'backups', name);
      else line.screen.note(`Follow it with \`lifeboat backup get ${name}\`.`);
    });
  return withWait(withSelection(command));
}

/** Asked before anything is opened, so that the commonest slip is answered at once. */
function assertSelects(spec: ReturnType<typeof selectionSpec>): void {
  if (spec.includedNamespaces?.length || spec.labelSelector || spec.orLabelSelectors?.length) return;
  throw new LifeboatError('invalid', 'nothing is selected', {
    hint: "give --include-namespaces, or --selector, or --include-namespaces '*' for everything",
  });
}
