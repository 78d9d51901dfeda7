import { Command } from 'commander';
import type { Replication } from '../../shared/manifests/replication';
import type { CommandLine } from '../command-line';
import { chosenVault } from '../find-backup';
import { commaSeparated, mappings } from '../options/lists';
import type { Listing } from '../output/print';
import { getManifestsCommand } from './get-manifests';

const listing: Listing<Replication> = {
  what: 'replications',
  headings: ['name', 'from cluster', 'vault', 'to clusters', 'policy', 'paused'],
  row: ({ metadata, spec }) => [
    metadata.name,
    spec.source.cluster,
    spec.source.vault,
    spec.targets.join(','),
    spec.policy,
    spec.paused ? 'yes' : 'no',
  ],
};

interface CreateFlags {
  from: string;
  to: string[];
  vault?: string;
  schedule?: string;
  includeNamespaces?: string[];
  namespaceMappings?: Record<string, string>;
  policy: string;
  onlyIf?: string[];
  allowEmptyVolumes?: boolean;
}

/** `lifeboat replication`. */
export function replicationCommand(line: CommandLine): Command {
  const command = new Command('replication').description(
    'rules: when a backup lands, restore it into other clusters',
  );
  command
    .command('create <name>')
    .description('restore each new backup of a cluster into others, as soon as it lands in the vault')
    .requiredOption('--from <cluster>', 'cluster whose backups are restored')
    .requiredOption('--to <clusters>', 'clusters to restore into', commaSeparated)
    .option('--vault <name>', 'vault in which the backups land; default the only one')
    .option('--schedule <name>', 'only backups of this schedule')
    .option('--include-namespaces <names>', 'only these namespaces', commaSeparated)
    .option('--namespace-mappings <mappings>', 'restore into other namespaces: old:new,…', mappings)
    .requiredOption('--policy <policy>', 'seed: what exists in the target is left alone')
    .option('--only-if <phases>', 'phases of backups to restore; default Completed', commaSeparated)
    .option('--allow-empty-volumes', 'let claims come back without their data')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat replication create standby --from production --to standby --policy seed',
    )
    .action(async (name: string, flags: CreateFlags) => {
      const { addReplication } = await import('../../shared/installation/add-replication');
      const installation = await line.open();
      const vault = (await chosenVault(installation, flags.vault)).name;
      const source = {
        vault,
        cluster: flags.from,
        schedule: flags.schedule,
        namespaces: flags.includeNamespaces,
      };
      await addReplication(installation, {
        kind: 'Replication',
        metadata: { name },
        spec: given({
          source: given(source),
          targets: flags.to,
          policy: flags.policy,
          namespaceMapping: flags.namespaceMappings,
          onlyIf: flags.onlyIf,
          allowEmptyVolumes: flags.allowEmptyVolumes,
        }),
      });
      line.screen.out(
        `Replication ${name} created: backups of ${flags.from} in vault ${vault} → ${flags.to.join(', ')} (${flags.policy})`,
      );
    });
  command.addCommand(getManifestsCommand(line, listing, (state) => state.replications));
  return command;
}

/** Without what was not given. */
function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
