import { type Command, Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { BackupSpec, LabelSelector } from '../../shared/formats/manifests/velero';
import type { ResourcePolicies } from '../../shared/formats/manifests/velero-resource-policies';
import { givenFields } from './given-fields';
import { commaSeparated, keyValues, trueOrFalse } from './lists';
import { withSelectors } from './selectors';
import { configMapEntryIn } from './yaml-map';

/** The selection flags of `backup create` and `schedule create`; names as in Velero's command line. */
export interface SelectionFlags {
  includeNamespaces?: string[];
  excludeNamespaces?: string[];
  includedNamespacesByLabel?: string[];
  includeResources?: string[];
  excludeResources?: string[];
  includeClusterScopedResources?: string[];
  excludeClusterScopedResources?: string[];
  includeNamespaceScopedResources?: string[];
  excludeNamespaceScopedResources?: string[];
  includeClusterResources?: boolean;
  selector?: LabelSelector;
  orSelector?: LabelSelector[];
  orderedResources?: string;
  ttl?: string;
  snapshotVolumes?: boolean;
  defaultVolumesToFsBackup?: boolean;
  resourcePoliciesFile?: string;
  csiSnapshotTimeout?: string;
  itemOperationTimeout?: string;
  allApiVersions?: boolean;
  labels?: Record<string, string>;
}

/** Adds the selection flags to a command. */
export function withSelection(command: Command): Command {
  const list = (flag: string, text: string) =>
    command.addOption(new Option(`${flag} <names>`, text).argParser(commaSeparated));
  list('--include-namespaces', 'namespaces to back up, comma-separated; globs allowed, * for all');
  list('--exclude-namespaces', 'namespaces to leave out');
  command.option(
    '--included-namespaces-by-label <selector>',
    'namespaces with these labels, when the backup is made; repeatable for any of several',
    (selector: string, previous: string[] = []) => [...previous, selector],
  );
  list('--include-resources', 'resources to back up, such as deployments.apps; default all');
  list('--exclude-resources', 'resources to leave out');
  list('--include-cluster-scoped-resources', 'cluster-scoped resources to back up');
  list('--exclude-cluster-scoped-resources', 'cluster-scoped resources to leave out');
  list('--include-namespace-scoped-resources', 'namespaced resources to back up');
  list('--exclude-namespace-scoped-resources', 'namespaced resources to leave out');
  return withSelectors(command)
    .option('--ordered-resources <order>', 'order within a resource: pods=ns/a,ns/b;persistentvolumes=x')
    .option('--ttl <duration>', 'how long the backup is kept, such as 720h')
    .addOption(
      new Option(
        '--snapshot-volumes <bool>',
        'true asks for snapshots of all claims, false takes none; unset takes those that the drivers can',
      ).argParser(trueOrFalse),
    )
    .option('--default-volumes-to-fs-backup', 'ask for file-level copies of all pod volumes')
    .option(
      '--resource-policies-file <file>',
      "Velero's resource policies: the YAML of its ConfigMap's data, or the ConfigMap",
    )
    .option('--csi-snapshot-timeout <duration>', 'how long a snapshot may take to have a handle; default 10m')
    .option('--item-operation-timeout <duration>', 'how long snapshots may take to be ready; default 4h')
    .option('--all-api-versions', 'store every served version of each kind, not only the preferred one')
    .addOption(new Option('--labels <labels>', 'labels for the backup: key=value,…').argParser(keyValues));
}

/** The flags as the spec of a backup; what was not given is absent. Reads the file of resource policies. */
export async function selectionSpec(
  flags: SelectionFlags,
  readText?: (file: string) => Promise<string>,
): Promise<BackupSpec> {
  const { resourcePoliciesFile: file } = flags;
  const spec: BackupSpec = {
    includedNamespaces: flags.includeNamespaces,
    excludedNamespaces: flags.excludeNamespaces,
    includedNamespacesByLabel: flags.includedNamespacesByLabel,
    includedResources: flags.includeResources,
    excludedResources: flags.excludeResources,
    includedClusterScopedResources: flags.includeClusterScopedResources,
    excludedClusterScopedResources: flags.excludeClusterScopedResources,
    includedNamespaceScopedResources: flags.includeNamespaceScopedResources,
    excludedNamespaceScopedResources: flags.excludeNamespaceScopedResources,
    includeClusterResources: flags.includeClusterResources,
    labelSelector: flags.selector,
    orLabelSelectors: flags.orSelector,
    orderedResources:
      flags.orderedResources === undefined ? undefined : orderedResources(flags.orderedResources),
    ttl: flags.ttl,
    snapshotVolumes: flags.snapshotVolumes,
    defaultVolumesToFsBackup: flags.defaultVolumesToFsBackup,
    // Checked with the request.
    resourcePolicies:
      file === undefined
        ? undefined
        : ((await configMapEntryIn(file, 'see docs/volumes.md', readText)) as unknown as ResourcePolicies),
    csiSnapshotTimeout: flags.csiSnapshotTimeout,
    itemOperationTimeout: flags.itemOperationTimeout,
    allApiVersions: flags.allApiVersions,
  };
  return givenFields(spec) as BackupSpec;
}

/** Velero's form: resources separated by `;`, their objects by `,`. Throws `invalid` for a resource that is named twice. */
function orderedResources(text: string): Record<string, string> {
  const orders = new Map<string, string>();
  for (const part of text.split(';')) {
    const [resource = '', ...names] = part.split('=');
    if (orders.has(resource.trim())) {
      throw new LifeboatError('invalid', `--ordered-resources names ${resource.trim()} twice`, {
        hint: 'write its objects in one list: pods=ns/a,ns/b',
      });
    }
    orders.set(resource.trim(), names.join('=').trim());
  }
  return Object.fromEntries(orders);
}
