import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import { selectsNamespacesByLabel } from '../../../shared/formats/manifests/selection/namespace-labels';
import type { BackupSpec } from '../../../shared/formats/manifests/velero';
import type { Installation } from '../../../shared/app/installation';
import type { CommandLine } from '../../command-line';
import { chosenCluster, chosenVault } from '../../find-backup';
import { type SelectionFlags, selectionSpec, withSelection } from '../../options/selection';
import { isNewRun, waitAndReport, withIfAbsent, withWait } from '../../options/wait';

interface CreateFlags extends SelectionFlags {
  cluster?: string;
  vault?: string;
  wait?: boolean;
  ifAbsent?: boolean;
  hold?: string;
}

/** `lifeboat backup create`. */
export function createBackupCommand(line: CommandLine): Command {
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
      const { requestBackup } = await import('../../../shared/app/runs/request');
      const spec = await selectionSpec(flags);
      const installation = await line.open();
      const cluster = await chosenCluster(installation, flags.cluster);
      if (!selectsSome(spec)) await noteOwnNamespaces(line, installation, cluster);
      const vault = (await chosenVault(installation, flags.vault)).name;
      const labels = flags.labels;
      const requested = await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name, ...(labels && { labels }) },
        cluster,
        vault,
        spec,
        ...(flags.hold !== undefined && { hold: flags.hold }),
      });
      const isNew = await isNewRun(requested, flags.ifAbsent);
      line.screen.note(
        `Backup ${name} of cluster ${cluster} to vault ${vault} ${isNew ? 'requested' : 'was asked for already'}.`,
      );
      if (flags.wait) await waitAndReport(line, 'backups', name);
      else line.screen.note(`Follow it with \`lifeboat backup get ${name}\`.`);
    });
  return withIfAbsent(withWait(withSelection(command)));
}

function selectsSome(spec: BackupSpec): boolean {
  return Boolean(
    spec.includedNamespaces?.length ||
      spec.labelSelector ||
      spec.orLabelSelectors?.length ||
      selectsNamespacesByLabel(spec),
  );
}

/** Prints the namespaces that the backup takes: those of the cluster. Throws `invalid` where it is registered for all. */
async function noteOwnNamespaces(
  { screen }: CommandLine,
  { state }: Installation,
  cluster: string,
): Promise<void> {
  const { namespaces = [] } = (await state.clusters.get(cluster)).spec;
  if (namespaces.length > 0) {
    const names = namespaces.join(', ');
    return screen.note(`No namespace is named: the backup takes those of cluster ${cluster}: ${names}.`);
  }
  throw new LifeboatError('invalid', 'nothing is selected', {
    hint: "give --include-namespaces, --included-namespaces-by-label or --selector, or --include-namespaces '*' for everything",
  });
}
