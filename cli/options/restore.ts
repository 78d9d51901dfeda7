import { type Command, Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { Conflicts, ConflictPolicy } from '../../shared/formats/manifests/conflict-policy';
import type { RestoreRequest } from '../../shared/formats/manifests/run';
import type { LabelSelector, RestoreSpec } from '../../shared/formats/manifests/velero';
import type { CommandLine } from '../command-line';
import { chosenCluster, vaultOfBackup } from '../find-backup';
import { givenFields } from './given-fields';
import { commaSeparated, keyValues, mappings } from './lists';
import { objectToRestore } from './object';
import { withSelectors } from './selectors';
import { snapshotHandle } from './snapshot-handles';
import { type TransformFlags, transformsOf, withTransforms } from './transforms';

/** What `restore create` and `restore plan` take alike. */
export interface RestoreFlags extends TransformFlags {
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
  conflicts?: ConflictPolicy;
  conflictsOf?: Record<string, string>;
  keepAnnotated?: string;
  preserveNodeports?: boolean;
  statusIncludeResources?: string[];
  snapshotHandle?: Record<string, string>;
  allowEmptyVolumes?: boolean;
  resourceTimeout?: string;
  object?: string;
  unproved?: string;
}

/** Adds the flags that say what is restored, and how. */
export function withRestoreFlags(command: Command): Command {
  const list = (flag: string, text: string) =>
    command.addOption(new Option(`${flag} <names>`, text).argParser(commaSeparated));
  command
    .option('--from-backup <name>', 'backup to restore')
    .option('--vault <name>', 'vault that holds it; default wherever it is')
    .option('--cluster <name>', 'cluster to restore into; default the only one');
  list('--include-namespaces', 'namespaces to restore; default all');
  list('--exclude-namespaces', 'namespaces to leave out');
  list('--include-resources', 'resources to restore; default all');
  list('--exclude-resources', 'resources to leave out');
  command
    .option('--namespace-mappings <mappings>', 'restore into other namespaces: old:new,…', mappings)
    .addOption(
      new Option(
        '--existing-resource-policy <policy>',
        'what happens to objects that exist and differ, in the words of Velero',
      ).choices(['none', 'update']),
    )
    .addOption(
      new Option('--conflicts <policy>', 'what happens to objects that exist and differ').choices([
        'skip',
        'update',
        'merge',
        'replace',
        'fail',
      ]),
    )
    .option('--conflicts-of <policies>', 'the same for some resources: configmaps=replace,…', keyValues)
    .option('--keep-annotated <annotation>', 'never touch objects of the cluster with it: name or name=value')
    .option('--preserve-nodeports', 'keep node ports that were allocated');
  list('--status-include-resources', 'resources whose status is restored too');
  command
    .option(
      '--snapshot-handle <namespace/claim=handle>',
      'take the data of this claim from this snapshot of a backup that another installation or Velero made',
      snapshotHandle,
    )
    .option('--allow-empty-volumes', 'let claims come back without their data')
    .option('--resource-timeout <duration>', 'wait in all for webhooks, CRDs and the like (default: 10m)')
    .option(
      '--object <resource/name>',
      'one object only: configmaps/shop/settings, or clusterroles.rbac.authorization.k8s.io/reader',
    )
    .option(
      '--unproved <backup>',
      'take this backup although nothing proves that Lifeboat wrote it: it can hold anything, rights too',
    );
  return withTransforms(withSelectors(command));
}

/** The request that flags ask for, under a name made of the backup's and the time unless one is given. */
export async function requestOf(
  line: CommandLine,
  flags: RestoreFlags,
  given?: string,
): Promise<RestoreRequest> {
  if (flags.fromBackup === undefined) {
    throw new LifeboatError('invalid', 'no backup is named', { hint: 'name one with --from-backup' });
  }
  const object = flags.object === undefined ? undefined : objectToRestore(flags.object);
  const transforms = await transformsOf(flags);
  const installation = await line.open();
  const vault = (await vaultOfBackup(installation, flags.fromBackup, flags.vault)).name;
  const cluster = await chosenCluster(installation, flags.cluster);
  const conflicts = conflictsOf(flags);
  return {
    kind: 'RestoreRequest',
    metadata: { name: given ?? (await nameOfRestore(flags.fromBackup, line.clock.now())) },
    cluster,
    vault,
    spec: specOf(flags),
    ...(object && { object }),
    ...(flags.unproved !== undefined && { unproved: flags.unproved }),
    ...(flags.snapshotHandle && { snapshotHandles: flags.snapshotHandle }),
    ...(flags.allowEmptyVolumes && { allowEmptyVolumes: true }),
    ...(flags.resourceTimeout !== undefined && { resourceTimeout: flags.resourceTimeout }),
    ...(conflicts && { conflicts }),
    ...(transforms && { transforms }),
  };
}

/** `<backup>-<time>`. */
export async function nameOfRestore(backup: string, now: Date): Promise<string> {
  const { slotStamp } = await import('../../shared/platform/input/names');
  const stem = backup
    .slice(0, 48)
    .replace(/[.-]+$/, '')
    .replaceAll('.', '-');
  return `${stem}-${slotStamp(now)}`;
}

function conflictsOf({ conflicts, conflictsOf, keepAnnotated }: RestoreFlags): Conflicts | undefined {
  if (conflicts === undefined && conflictsOf === undefined && keepAnnotated === undefined) return undefined;
  return {
    ...(conflicts && { policy: conflicts }),
    // Checked with the request.
    ...(conflictsOf && { resources: conflictsOf as Conflicts['resources'] }),
    ...(keepAnnotated && { keepAnnotated }),
  };
}

function specOf(flags: RestoreFlags): RestoreSpec {
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
  return givenFields(spec) as RestoreSpec;
}
