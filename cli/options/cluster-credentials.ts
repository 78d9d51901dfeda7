import type { Command } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { GivenCredentials } from '../../shared/app/clusters/try-credentials';
import { readTextFile } from '../text-file';
import { addRbacFlags, type RbacFlags, rbacScope } from './rbac-scope';

export interface CredentialsFlags extends RbacFlags {
  kubeconfig?: string;
  context?: string;
  ackClusterId?: string;
  region?: string;
  private?: boolean;
  kubeconfigMinutes?: string;
  createServiceAccount?: boolean;
  throughKubectl?: boolean;
}

/** How the credentials of a cluster are given. */
export function addCredentialsFlags(command: Command): Command {
  command
    .option('--kubeconfig <file>', 'kubeconfig with inline credentials; - for standard input')
    .option('--context <name>', 'context of the kubeconfig; default its current one')
    .option(
      '--ack-cluster-id <id>',
      'instead: an ACK cluster, whose kubeconfigs are fetched when they are used',
    )
    .option('--region <region>', 'region of the ACK cluster; default that of the installation')
    .option('--private', 'reach the ACK cluster in its VPC')
    .option('--kubeconfig-minutes <minutes>', 'how long a fetched kubeconfig is good, 15 to 4320; default 60')
    .option('--create-service-account', 'make a service account in the cluster, and keep only its token')
    .option(
      '--through-kubectl',
      'the same with your own kubectl, for a kubeconfig that runs programs for its credentials (EKS, GKE, AKS)',
    );
  return addRbacFlags(command);
}

/** Reads the kubeconfig. Throws `invalid` when none is given or two ways are. */
export async function givenCredentials(
  flags: CredentialsFlags,
  ownRegion: string,
): Promise<GivenCredentials> {
  const { kubeconfig, context, ackClusterId: clusterId, region = ownRegion, namespaces } = flags;
  if ((kubeconfig === undefined) === (clusterId === undefined)) {
    throw new LifeboatError('invalid', 'give either --kubeconfig or --ack-cluster-id', {
      hint: '--kubeconfig ~/.kube/production.yaml, or --ack-cluster-id c82e… --region cn-hangzhou',
    });
  }
  if (flags.throughKubectl) return throughKubectl(flags);
  const minutes = flags.kubeconfigMinutes;
  return {
    ...(kubeconfig !== undefined && {
      kubeconfig: await readTextFile(kubeconfig, 'give --kubeconfig the path of a kubeconfig'),
    }),
    ...(context && { context }),
    ...(clusterId !== undefined && {
      ack: {
        clusterId,
        region,
        private: flags.private ?? false,
        minutes: minutes === undefined ? 60 : Number(minutes),
      },
    }),
    ...(namespaces && { namespaces }),
    ...(flags.createServiceAccount && { serviceAccount: rbacScope(flags) }),
  };
}

async function throughKubectl(flags: CredentialsFlags): Promise<GivenCredentials> {
  const { kubeconfig, context, createServiceAccount } = flags;
  if (kubeconfig === undefined || kubeconfig === '-' || createServiceAccount) {
    throw new LifeboatError('invalid', '--through-kubectl needs --kubeconfig with the path of a file alone', {
      hint: '--kubeconfig ~/.kube/config --context production --through-kubectl --scope read-only',
    });
  }
  const { accountThroughKubectl } = await import('./through-kubectl');
  const scope = rbacScope(flags);
  return {
    kubeconfig: await accountThroughKubectl({ kubeconfig, context }, scope),
    ...(scope.namespaces && { namespaces: scope.namespaces }),
  };
}
