import { credentialsEnd } from '../../platform/kubernetes/credentials-end';
import { connect } from '../../platform/kubernetes/connection';
import { type SanitisedKubeconfig, sanitiseKubeconfig } from '../../platform/kubernetes/kubeconfig';
import type { ExecCluster } from '../../platform/kubernetes/port';
import { provenCluster } from '../../platform/kubernetes/proven-cluster';
import { renewingCluster, type TemporaryConnection } from '../../platform/kubernetes/renewing-cluster';
import { openSealedKubeconfig } from '../../platform/kubernetes/seal';
import type { AckSpec, ClusterManifest } from '../../formats/manifests/cluster';
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
  registered: string | ClusterManifest,
  installation: ClusterNeeds,
  options: OpenClusterOptions = {},
): Promise<ExecCluster> {
  const manifest =
    typeof registered === 'string' ? await installation.state.clusters.get(registered) : registered;
  return openProven(manifest, manifest.spec.uid, installation, options);
}

/** Connects to what a manifest says, whichever cluster it is. Throws as `openRegisteredCluster`. */
export async function openCluster(
  manifest: ClusterManifest,
  installation: ClusterNeeds,
): Promise<ExecCluster> {
  return openProven(manifest, undefined, installation, {});
}

/** How long a worker doubts that an API server does not know its credentials: one that starts may say so of good ones. Milliseconds. */
const doubtOf401 = 30_000;

/** Credentials that the API server knows no longer are read again: somebody may have given others since. */
async function openProven(
  manifest: ClusterManifest,
  uid: string | undefined,
  installation: ClusterNeeds,
  options: OpenClusterOptions,
): Promise<ExecCluster> {
  const { name } = manifest.metadata;
  const { state, clock, log } = installation;
  let current = manifest;
  const open = async (): Promise<TemporaryConnection> => {
    const { kubeconfig, validFor } = await credentialsOf(current, installation);
    const cluster = await connectTo(name, kubeconfig, installation, options);
    const end = credentialsEnd(kubeconfig);
    const haveEnded = () => end !== undefined && end <= clock.now();
    return { cluster: provenCluster(cluster, uid), validFor, haveEnded };
  };
  // What does not open is told before the first request. ACK is asked with that.
  let first = manifest.spec.ack ? undefined : await open();
  const server = first?.cluster.server ?? `ACK cluster ${manifest.spec.ack?.clusterId}`;
  const reopen = async (refused: boolean): Promise<TemporaryConnection | undefined> => {
    const ready = first;
    first = undefined;
    if (ready && !refused) return ready;
    if (refused) {
      const { spec } = await state.clusters.get(name);
      if (!spec.ack && sealText(spec) === sealText(current.spec)) return undefined;
      current = { ...current, spec };
    }
    return open();
  };
  const doubts401For = options.waitsForServer ? doubtOf401 : 0;
  return renewingCluster(name, server, reopen, { clock, log, doubts401For });
}

function sealText({ sealedKubeconfig }: ClusterManifest['spec']): string {
  return JSON.stringify(sealedKubeconfig ?? null);
}

async function credentialsOf(
  { metadata: { name }, spec }: ClusterManifest,
  installation: ClusterNeeds,
): Promise<{ kubeconfig: SanitisedKubeconfig; validFor: number }> {
  if (spec.ack) return ackKubeconfig(spec.ack, installation);
  const binding = { installation: installation.id, cluster: name, server: spec.server };
  const kubeconfig = await openSealedKubeconfig(spec.sealedKubeconfig, binding, installation.sealing);
  return { kubeconfig, validFor: Number.POSITIVE_INFINITY };
}

/** Connects with a kubeconfig in clear. */
export function connectTo(
  name: string,
  kubeconfig: SanitisedKubeconfig,
  { settings, clock, random, log }: ClusterNeeds,
  { waitsForServer }: OpenClusterOptions = {},
): Promise<ExecCluster> {
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
