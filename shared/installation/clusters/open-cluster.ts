import { connect } from '../../cluster/connection';
import { type SanitisedKubeconfig, sanitiseKubeconfig } from '../../cluster/kubeconfig';
import type { Cluster } from '../../cluster/port';
import { provenCluster } from '../../cluster/proven-cluster';
import { renewingCluster, type TemporaryConnection } from '../../cluster/renewing-cluster';
import { openSealedKubeconfig } from '../../cluster/seal';
import type { AckSpec, ClusterManifest } from '../../manifests/cluster';
import type { Installation, OpenClusterOptions } from '../installation';

export type ClusterNeeds = Pick<
  Installation,
  'id' | 'state' | 'sealing' | 'ack' | 'settings' | 'clock' | 'random' | 'log'
>;

/**
 * Connects to a registered cluster. Before the first request it is made sure that the cluster is the one that was
 * registered. Throws `not-found`, `denied` when the sealing key is not at hand, `corrupt` for a moved seal.
 */
export async function openRegisteredCluster(
  name: string,
  installation: ClusterNeeds,
  options: OpenClusterOptions = {},
): Promise<Cluster> {
  const manifest = await installation.state.clusters.get(name);
  return provenCluster(await openCluster(manifest, installation, options), manifest.spec.uid);
}

/** Connects to what a manifest says, whichever cluster it is. */
export async function openCluster(
  { metadata: { name }, spec }: ClusterManifest,
  installation: ClusterNeeds,
  options: OpenClusterOptions = {},
): Promise<Cluster> {
  if (spec.ack) return ackCluster(name, spec.ack, installation, options);
  const binding = { installation: installation.id, cluster: name, server: spec.server };
  const kubeconfig = await openSealedKubeconfig(spec.sealedKubeconfig, binding, installation.sealing);
  return connectTo(name, kubeconfig, installation, options);
}

/** Connects with a kubeconfig in clear. */
export function connectTo(
  name: string,
  kubeconfig: SanitisedKubeconfig,
  { settings, clock, random, log }: ClusterNeeds,
  { waitsForServer }: OpenClusterOptions = {},
): Promise<Cluster> {
  const options = { allowLoopback: settings.local, waitsFromStart: waitsForServer };
  return connect(name, kubeconfig, { clock, random, log }, options);
}

/** A kubeconfig of an ACK cluster, fetched now and sanitised as any other. */
export async function ackKubeconfig(
  { clusterId, region, private: inVpc, minutes }: AckSpec,
  { ack, settings }: Pick<ClusterNeeds, 'ack' | 'settings'>,
): Promise<{ kubeconfig: SanitisedKubeconfig; validFor: number }> {
  const told = await ack(region).kubeconfig({ clusterId, private: inVpc, minutes });
  const kubeconfig = sanitiseKubeconfig(told.kubeconfig, { allowLoopback: settings.local });
  return { kubeconfig, validFor: told.validFor };
}

async function ackCluster(
  name: string,
  spec: AckSpec,
  installation: ClusterNeeds,
  options: OpenClusterOptions,
): Promise<Cluster> {
  const open = async (): Promise<TemporaryConnection & { server: string }> => {
    const { kubeconfig, validFor } = await ackKubeconfig(spec, installation);
    const cluster = await connectTo(name, kubeconfig, installation, options);
    return { cluster, validFor, server: cluster.server };
  };
  return renewingCluster(name, `ACK cluster ${spec.clusterId}`, open, installation.clock);
}
