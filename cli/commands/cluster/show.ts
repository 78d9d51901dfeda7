import { Command } from 'commander';
import type { ClusterManifest } from '../../../shared/formats/manifests/cluster';
import type { CommandLine } from '../../command-line';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { type Listing, printOne } from '../../output/print';
import { pairs } from '../../output/sections';
import { getManifestsCommand } from '../get-manifests';

const listing: Listing<ClusterManifest> = {
  what: 'clusters',
  headings: ['name', 'server', 'version', 'network', 'labels'],
  row: ({ metadata, spec }) => [
    metadata.name,
    spec.server,
    spec.serverVersion ?? '',
    spec.network ?? '',
    pairs(metadata.labels),
  ],
};

/** `cluster get [name]`. */
export function getClustersCommand(line: CommandLine): Command {
  return getManifestsCommand(line, {
    listing,
    folder: (state) => state.clusters,
    shown: async (_, clusters) => clusters.map(withoutSeal),
  });
}

/** `cluster describe`: what is registered, and how the cluster is found now. */
export function describeClusterCommand(line: CommandLine): Command {
  return new Command('describe')
    .argument('<name>')
    .description('what is registered, whether it answers, and what its credentials may do now')
    .option('--offline', 'do not connect to it')
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  lifeboat cluster describe production')
    .action(async (name: string, { offline, output }: { offline?: boolean; output?: OutputFormat }) => {
      const { examineCluster } = await import('../../../shared/app/clusters/examine-cluster');
      const { usersOfCluster } = await import('../../../shared/app/clusters/delete-cluster');
      const { describeClusterText } = await import('../../output/cluster');
      const installation = await line.open();
      const cluster = await installation.state.clusters.get(name);
      const usedBy = await usersOfCluster(installation, name);
      const examination = offline ? undefined : await examineCluster(installation, cluster);
      await printOne(line, { ...withoutSeal(cluster), usedBy, examination }, output, () =>
        describeClusterText(cluster, examination, usedBy),
      );
    });
}

/** The sealed kubeconfig is of no use to a reader, and a screen is no place for it. */
function withoutSeal(cluster: ClusterManifest): ClusterManifest {
  const { sealedKubeconfig, ...spec } = cluster.spec;
  const shown = { ...spec, ...(sealedKubeconfig && { sealingKey: sealedKubeconfig.keyId }) };
  return { ...cluster, spec: shown } as unknown as ClusterManifest;
}
