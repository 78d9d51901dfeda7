import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { LifeboatError } from '../../shared/errors';
import type { ClusterManifest } from '../../shared/manifests/cluster';
import type { CommandLine } from '../command-line';
import { keyValues } from '../options/lists';
import type { Listing } from '../output/print';
import { pairs } from '../output/sections';
import { getManifestsCommand } from './get-manifests';

const listing: Listing<ClusterManifest> = {
  what: 'clusters',
  headings: ['name', 'server', 'version', 'labels'],
  row: ({ metadata, spec }) => [metadata.name, spec.server, spec.serverVersion ?? '', pairs(metadata.labels)],
};

interface AddFlags {
  kubeconfig: string;
  context?: string;
  labels?: Record<string, string>;
}

/** `lifeboat cluster`. */
export function clusterCommand(line: CommandLine): Command {
  const command = new Command('cluster').description(
    'Kubernetes clusters that are backed up and restored into',
  );
  command
    .command('add <name>')
    .description('try the connection of a kubeconfig, then store it sealed')
    .requiredOption('--kubeconfig <file>', 'kubeconfig with inline credentials; - for standard input')
    .option('--context <name>', 'context of the kubeconfig; default its current one')
    .option('--labels <labels>', 'labels by which schedules select it: key=value,…', keyValues)
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat cluster add production --kubeconfig ~/.kube/production.yaml',
    )
    .action(async (name: string, options: AddFlags) => {
      const { addCluster } = await import('../../shared/installation/add-cluster');
      const kubeconfig = await readKubeconfig(options.kubeconfig);
      const { context, labels } = options;
      const { spec } = await addCluster(await line.open(), { name, kubeconfig, context, labels });
      line.screen.out(
        `Cluster ${name} added: ${spec.server}, Kubernetes ${spec.serverVersion || 'of unknown version'}`,
      );
    });
  command
    .command('label <name> <labels...>')
    .description('set labels, by which schedules select clusters: key=value; key- takes one away')
    .addHelpText('after', '\nExample:\n  lifeboat cluster label production env=live tier-')
    .action(async (name: string, labels: string[]) => {
      const { labelCluster } = await import('../../shared/installation/label-cluster');
      const { metadata } = await labelCluster(await line.open(), name, labelChanges(labels));
      line.screen.out(`Cluster ${name} has the labels ${pairs(metadata.labels) || '(none)'}`);
    });
  command.addCommand(getManifestsCommand(line, listing, (state) => state.clusters, withoutSeal));
  return command;
}

/** kubectl's form: `key=value` sets, `key-` takes away. */
function labelChanges(texts: readonly string[]): Record<string, string | undefined> {
  const changes: Record<string, string | undefined> = {};
  for (const text of texts) {
    if (/^[^=]+-$/.test(text)) changes[text.slice(0, -1)] = undefined;
    else Object.assign(changes, keyValues(text));
  }
  return changes;
}

/** The sealed kubeconfig is of no use to a reader, and a screen is no place for it. */
function withoutSeal(cluster: ClusterManifest): ClusterManifest {
  const { sealedKubeconfig, ...spec } = cluster.spec;
  return { ...cluster, spec: { ...spec, sealingKey: sealedKubeconfig.keyId } } as unknown as ClusterManifest;
}

async function readKubeconfig(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new LifeboatError('invalid', `kubeconfig ${file}: ${reason}`, {
      hint: 'give --kubeconfig the path of a kubeconfig',
    });
  }
}
