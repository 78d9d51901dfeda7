import { Command, Option } from 'commander';
import { slotStamp } from '../../shared/manifests/names';
import type { LabelSelector, RestoreSpec } from '../../shared/manifests/velero';
import type { CommandLine } from '../command-line';
import { chosenCluster, vaultOfBackup } from '../find-backup';
import { commaSeparated, mappings } from '../options/lists';
import { objectToRestore } from '../options/object';
import { withSelectors } from '../options/selectors';
import { waitAndReport, withWait } from '../options/wait';
import type { OutputFormat } from '../output/document';
import { outputFormat } from '../output/document';
import { describeRestore, restoreList, restoreLogs } from './restore-reports';

interface CreateFlags {
  fromBackup: string;
  vault?: string;
  cluster?: string;
  includeNamespaces?: string[];
  excludeNamespaces?: string[];
  includeResources?: string[];
  excludeResources?: string[];
  includeClusterResources?: boolean;
  namespaceMappings?: Record<string, string>;
  selector?: LabelSelector;
  orSelector?: LabelSelector[];
  existingResourcePolicy?: 'none' | 'update';
  preserveNodeports?: boolean;
  statusIncludeResources?: string[];
  allowEmptyVolumes?: boolean;
  object?: string;
  wait?: boolean;
}

/** `lifeboat restore`. */
export function restoreCommand(line: CommandLine): Command {
  const command = new Command('restore').description('restores of backups into a cluster');
  command.addCommand(createCommand(line));
  command
    .command('get [name]')
    .description('list the restores, or show one')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action((name: string | undefined, { output }: { output?: OutputFormat }) =>
      restoreList(line, name, output),
    );
  command
    .command('describe <name>')
    .description('what was asked for, how it ended, and what became of the objects')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action((name: string, { output }: { output?: OutputFormat }) => describeRestore(line, name, output));
  command
    .command('logs <name>')
    .description('the log of the run')
    .action((name: string) => restoreLogs(line, name));
  return command;
}

function createCommand(line: CommandLine): Command {
  const list = (flag: string, text: string) => new Option(`${flag} <names>`, text).argParser(commaSeparated);
  const command = new Command('create')
    .argument('[name]', 'default: <backup>-<time>')
    .description('restore a backup, or a part of it; what exists is left alone')
    .requiredOption('--from-backup <name>', 'backup to restore')
    .option('--vault <name>', 'vault that holds it; default wherever it is')
    .option('--cluster <name>', 'cluster to restore into; default the only one')
    .addOption(list('--include-namespaces', 'namespaces to restore; default all'))
    .addOption(list('--exclude-namespaces', 'namespaces to leave out'))
    .addOption(list('--include-resources', 'resources to restore; default all'))
    .addOption(list('--exclude-resources', 'resources to leave out'))
    .addOption(
      new Option('--namespace-mappings <mappings>', 'restore into other namespaces: old:new,…').argParser(
        mappings,
      ),
    )
    .addOption(
      new Option(
        '--existing-resource-policy <policy>',
        'what happens to objects that exist and differ',
      ).choices(['none', 'update']),
    )
    .option('--preserve-nodeports', 'keep node ports that were allocated')
    .addOption(list('--status-include-resources', 'resources whose status is restored too'))
    .option('--allow-empty-volumes', 'let claims come back without their data')
    .option(
      '--object <resource/name>',
      'one object only: configmaps/shop/settings, or clusterroles.rbac.authorization.k8s.io/reader',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat restore create --from-backup shop-1 --wait\n' +
        '  lifeboat restore create --from-backup shop-1 --namespace-mappings shop:shop-test\n' +
        '  lifeboat restore create --from-backup shop-1 --object configmaps/shop/settings',
    )
    .action(async (given: string | undefined, flags: CreateFlags) => {
      const { requestRestore } = await import('../../shared/installation/request');
      const object = flags.object === undefined ? undefined : objectToRestore(flags.object);
      const installation = await line.open();
      const vault = (await vaultOfBackup(installation, flags.fromBackup, flags.vault)).name;
      const cluster = await chosenCluster(installation, flags.cluster);
      const name =
        given ??
        `${flags.fromBackup
          .slice(0, 48)
          .replace(/[.-]+$/, '')
          .replaceAll('.', '-')}-${slotStamp(line.clock.now())}`;
      await requestRestore(installation, {
        kind: 'RestoreRequest',
        metadata: { name },
        cluster,
        vault,
        spec: specOf(flags),
        ...(object && { object }),
        ...(flags.allowEmptyVolumes && { allowEmptyVolumes: true }),
      });
      line.screen.note(`Restore ${name} of backup ${flags.fromBackup} into cluster ${cluster} requested.`);
      if (flags.wait) await waitAndReport(line, 'restores', name);
      else line.screen.note(`Follow it with \`lifeboat restore get ${name}\`.`);
    });
  return withWait(withSelectors(command));
}

function specOf(flags: CreateFlags): RestoreSpec {
  const spec: RestoreSpec = {
    backupName: flags.fromBackup,
    includedNamespaces: flags.includeNamespaces,
    excludedNamespaces: flags.excludeNamespaces,
    includedResources: flags.includeResources,
    excludedResources: flags.excludeResources,
    includeClusterResources: flags.includeClusterResources,
    namespaceMapping: flags.namespaceMappings,
    labelSelector: flags.selector,
    orLabelSelectors: flags.orSelector,
    existingResourcePolicy: flags.existingResourcePolicy,
    preserveNodePorts: flags.preserveNodeports,
    restoreStatus: flags.statusIncludeResources && { includedResources: flags.statusIncludeResources },
  };
  return Object.fromEntries(
    Object.entries(spec).filter(([, value]) => value !== undefined),
  ) as unknown as RestoreSpec;
}
