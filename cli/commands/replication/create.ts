import { Command, Option } from 'commander';
import type { CommandLine } from '../../command-line';
import { chosenVault } from '../../find-backup';
import { givenFields } from '../../options/given-fields';
import { commaSeparated, mappings } from '../../options/lists';
import { type TransformFlags, transformsOf, withTransforms } from '../../options/transforms';

interface CreateFlags extends TransformFlags {
  from: string;
  fromUid?: string;
  to: string[];
  vault?: string;
  schedule?: string;
  includeNamespaces?: string[];
  namespaceMappings?: Record<string, string>;
  policy: string;
  onlyIf?: string[];
  allowEmptyVolumes?: boolean;
  volumes?: string;
  resourceTimeout?: string;
  trustKey?: string[];
  trustUnsigned?: boolean;
  unsignedResources?: string[];
  paused?: boolean;
}

/** `replication create`. */
export function createReplicationCommand(line: CommandLine): Command {
  const command = new Command('create')
    .argument('<name>')
    .description('restore the newest backup of a cluster into others, and each that lands after it')
    .requiredOption('--from <cluster>', 'cluster whose backups are restored')
    .option('--from-uid <uid>', 'uid of its kube-system namespace, where it is not registered here')
    .requiredOption('--to <clusters>', 'clusters to restore into', commaSeparated)
    .option('--vault <name>', 'vault in which the backups land; default the only one')
    .option('--schedule <name>', 'only backups of this schedule')
    .option('--include-namespaces <names>', 'only these namespaces', commaSeparated)
    .option('--namespace-mappings <mappings>', 'restore into other namespaces: old:new,…', mappings)
    .requiredOption(
      '--policy <policy>',
      'seed: what exists in the target is left alone; mirror: it is updated, and what this rule created is deleted when the source no longer has it',
    )
    .option('--only-if <phases>', 'phases of backups to restore; default Completed', commaSeparated)
    .addOption(
      new Option(
        '--volumes <method>',
        "fill claims from the backup's CSI snapshots, which the target must see; default without data",
      ).choices(['snapshots']),
    )
    .option('--allow-empty-volumes', 'let claims come back without their data')
    .option(
      '--resource-timeout <duration>',
      'how long each restore waits in all for webhooks, CRDs and the like',
    )
    .option('--trust-key <keys>', 'public keys whose signed backups are restored too', commaSeparated)
    .option(
      '--trust-unsigned',
      "restore unsigned backups too, such as Velero's, without cluster-scoped objects and RBAC; needs --include-namespaces with plain names",
    )
    .option(
      '--unsigned-resources <names>',
      'of those, what they may bring all the same: plural.group',
      commaSeparated,
    )
    .option('--paused', 'make it, but let it restore nothing yet')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat replication create standby --from production --to standby --policy seed\n' +
        '  lifeboat replication create copy --from production --to standby --policy mirror --schedule hourly --include-namespaces shop',
    )
    .action(async (name: string, flags: CreateFlags) => {
      const { addReplication } = await import('../../../shared/app/replications/add-replication');
      const installation = await line.open();
      const vault = (await chosenVault(installation, flags.vault)).name;
      const source = {
        vault,
        cluster: flags.from,
        clusterUid: flags.fromUid,
        schedule: flags.schedule,
        namespaces: flags.includeNamespaces,
      };
      const made = await addReplication(installation, {
        kind: 'Replication',
        metadata: { name },
        spec: givenFields({
          source: givenFields(source),
          targets: flags.to,
          policy: flags.policy,
          namespaceMapping: flags.namespaceMappings,
          transforms: await transformsOf(flags),
          onlyIf: flags.onlyIf,
          allowEmptyVolumes: flags.allowEmptyVolumes,
          volumes: flags.volumes,
          resourceTimeout: flags.resourceTimeout,
          trustedKeys: flags.trustKey,
          trustUnsigned: flags.trustUnsigned,
          unsignedResources: flags.unsignedResources,
          paused: flags.paused,
        }),
      });
      line.screen.out(
        `Replication ${name} created: backups of ${flags.from} in vault ${vault} → ${flags.to.join(', ')} (${flags.policy})`,
      );
      const { scheduleRemark } = await import('../../../shared/app/replications/schedule-remark');
      const remark = await scheduleRemark(installation, made);
      if (remark !== undefined) line.screen.note(remark);
      if (!flags.paused)
        line.screen.note(
          'The newest backup that is there already is restored within the hour, or when the next one lands.',
        );
    });
  return withTransforms(command);
}
