import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { LifeboatError } from '../../shared/errors';
import type { ClusterManifest } from '../../shared/manifests/cluster';
import type { CommandLine } from '../command-line';
import type { Listing } from '../output/print';
import { getManifestsCommand } from './get-manifests';

const listing: Listing<ClusterManifest> = {
  what: 'clusters',
  headings: ['name', 'server', 'version'],
  row: ({ metadata, spec }) => [metadata.name, spec.server, spec.serverVersion ?? ''],
};

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
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat cluster add production --kubeconfig ~/.kube/production.yaml',
    )
    .action(async (name: string, options: { kubeconfig: string; context?: string }) => {
      const { addCluster } = await import('../../shared/installation/add-cluster');
      const kubeconfig = await readKubeconfig(options.kubeconfig);
      const { spec } = await addCluster(await line.open(), { name, kubeconfig, context: options.context });
      line.screen.out(
        `Cluster ${name} added: ${spec.server}, Kubernetes ${spec.serverVersion || 'of unknown version'}`,
      );
    });
  command.addCommand(getManifestsCommand(line, listing, (state) => state.clusters, withoutSeal));
  return command;
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
