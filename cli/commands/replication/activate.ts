import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { commaSeparated } from '../../options/lists';
import { document } from '../../output/document';
import { type OutputFormat, outputOption } from '../../output/output-format';

interface ActivateFlags {
  cluster?: string;
  includeNamespaces?: string[];
  dryRun?: boolean;
  output?: OutputFormat;
}

/** `replication activate`. */
export function activateReplicationCommand(line: CommandLine): Command {
  return new Command('activate')
    .argument('[name]', 'the rule; without it, whatever passive restores brought into --cluster')
    .description('make a passive standby work: pause the rule, and let go what its restores hold back')
    .option('--cluster <name>', 'which of its targets; default the only one')
    .option('--include-namespaces <names>', 'only these namespaces of it', commaSeparated)
    .option('--dry-run', 'ask the cluster, and change nothing')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat replication activate standby --dry-run\n  lifeboat replication activate standby\n' +
        '  lifeboat replication activate --cluster standby --include-namespaces shop',
    )
    .action(async (name: string | undefined, flags: ActivateFlags) => {
      const { activateReplica } = await import('../../../shared/app/replications/activate-replica');
      const { screen } = line;
      const { cluster, activated } = await activateReplica(await line.open(), name, {
        cluster: flags.cluster,
        namespaces: flags.includeNamespaces,
        dryRun: flags.dryRun,
        signal: new AbortController().signal,
      });
      const failed = activated.filter(({ outcome }) => outcome === 'failed');
      if (flags.output) screen.out(await document({ cluster, activated }, flags.output));
      else {
        for (const { groupResource, namespace, name: object, outcome, reason } of activated) {
          screen.out(`${outcome} ${groupResource} ${namespace}/${object}${reason ? `: ${reason}` : ''}`);
        }
        const done = flags.dryRun ? 'would be activated' : 'activated';
        screen.note(
          activated.length === 0
            ? `Nothing is held back in cluster ${cluster}.`
            : `${activated.length - failed.length} of ${activated.length} objects ${done} in cluster ${cluster}.`,
        );
        if (!flags.dryRun && name !== undefined) screen.note(`Replication ${name} is paused.`);
      }
      if (failed.length > 0) line.exitWith(exitCodes.runPartiallyFailed);
    });
}
