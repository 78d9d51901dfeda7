import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { AddedCluster } from '../../../shared/app/clusters/add-cluster';
import type { CommandLine } from '../../command-line';
import {
  addCredentialsFlags,
  type CredentialsFlags,
  givenCredentials,
} from '../../options/cluster-credentials';
import { keyValues } from '../../options/lists';

interface AddFlags extends CredentialsFlags {
  labels?: Record<string, string>;
  network?: string;
}

/** `cluster add`. */
export function addClusterCommand(line: CommandLine): Command {
  const command = new Command('add')
    .argument('<name>')
    .description('try the connection, show what the credentials may do, then store them sealed')
    .option('--labels <labels>', 'labels by which schedules select it: key=value,…', keyValues)
    .option('--network <name>', 'which set of workers reaches it; default the one without a name');
  return addCredentialsFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  lifeboat cluster add production --kubeconfig ~/.kube/production.yaml
  lifeboat cluster add production --kubeconfig ~/.kube/admin.yaml --create-service-account --scope restore
  lifeboat cluster add production --ack-cluster-id c82e6987e2961451182edacd74faf0000 --region cn-hangzhou --private`,
    )
    .action(async (name: string, flags: AddFlags) => {
      const { addCluster } = await import('../../../shared/app/clusters/add-cluster');
      const installation = await line.open();
      const given = await givenCredentials(flags, installation.settings.region);
      const { labels, network } = flags;
      trying(line, name);
      await tell(line, await addCluster(installation, { name, labels, network, ...given }), 'added');
    });
}

/** `cluster update`. */
export function updateClusterCommand(line: CommandLine): Command {
  const command = new Command('update')
    .alias('edit')
    .argument('<name>')
    .description('give it other credentials, which must lead to the same cluster, or another network')
    .option('--network <name>', 'which set of workers reaches it; "" for the one without a name');
  return addCredentialsFlags(command)
    .addHelpText('after', '\nExample:\n  lifeboat cluster update production --kubeconfig ~/.kube/new.yaml')
    .action(async (name: string, flags: CredentialsFlags & { network?: string }) => {
      const { setNetwork, updateCredentials } = await import('../../../shared/app/clusters/update-cluster');
      const installation = await line.open();
      const { network } = flags;
      const credentials = flags.kubeconfig !== undefined || flags.ackClusterId !== undefined;
      if (!credentials && network === undefined) {
        throw new LifeboatError('invalid', 'nothing is to be changed', {
          hint: 'give --kubeconfig, --ack-cluster-id or --network',
        });
      }
      if (credentials) {
        const given = await givenCredentials(flags, installation.settings.region);
        trying(line, name);
        await tell(line, await updateCredentials(installation, name, given), 'has these credentials now');
      }
      if (network !== undefined) {
        await setNetwork(installation, name, network === '' ? undefined : network);
        line.screen.out(`Cluster ${name} is reached from ${network || 'the default network'} now`);
      }
    });
}

function trying({ screen }: CommandLine, name: string): void {
  if (screen.live) screen.note(`Trying the connection to ${name}…`);
}

async function tell(
  line: CommandLine,
  { cluster, rights, made, ends, sameAs = [] }: AddedCluster,
  deed: string,
): Promise<void> {
  const { credentialsText } = await import('../../output/cluster');
  const { rightsText } = await import('../../output/rights');
  const { metadata, spec } = cluster;
  line.screen.out(
    [
      ...(made.length > 0 ? [`Made in the cluster: ${made.join(', ')}`] : []),
      `Cluster ${metadata.name} ${deed}: ${spec.server}, Kubernetes ${spec.serverVersion || 'of unknown version'}`,
      `Kept: ${credentialsText(cluster)}`,
      '',
      rightsText(rights),
    ].join('\n'),
  );
  if (sameAs.length > 0) {
    line.screen.note(
      `It is the same cluster as ${sameAs.join(', ')}: a schedule that selects both backs it up twice.`,
    );
  }
  if (ends) {
    const past = ends.getTime() < line.clock.now().getTime();
    line.screen.note(
      `These credentials ${past ? 'ended' : 'end'} at ${ends.toISOString()}: those of --create-service-account do not end.`,
    );
  }
}
