import { connect } from '../cluster/connection';
import type { SanitisedKubeconfig } from '../cluster/kubeconfig';
import type { Cluster } from '../cluster/port';
import { kubeconfigText, openSealedKubeconfig, sealKubeconfig } from '../cluster/seal';
import type { ClusterManifest } from '../manifests/cluster';
import type { Installation } from './installation';
import { keepSecret } from './keep-secret';

type Needs = Pick<Installation, 'id' | 'state' | 'sealing' | 'settings' | 'clock' | 'random' | 'log'>;

/** Connects to a registered cluster. Throws `not-found`, `denied` for another sealing key, `corrupt` for a moved seal. */
export async function openRegisteredCluster(name: string, installation: Needs): Promise<Cluster> {
  const { id, state, sealing, settings, clock, random, log } = installation;
  const { spec } = await state.clusters.get(name);
  const kubeconfig = await openSealedKubeconfig(
    spec.sealedKubeconfig,
    { installation: id, cluster: name, server: spec.server },
    sealing,
  );
  return connect(name, kubeconfig, { clock, random, log }, { allowLoopback: settings.local });
}

/**
 * Registers a cluster under a sanitised kubeconfig: sealed for this installation, this name and this server before it
 * is written anywhere. Throws `conflict` when the name is taken.
 * @param known what was learnt of the cluster when its connection was tried
 */
export async function registerCluster(
  name: string,
  kubeconfig: SanitisedKubeconfig,
  installation: Needs,
  known: { uid?: string; serverVersion?: string; labels?: Record<string, string> } = {},
): Promise<ClusterManifest> {
  const { id, state, sealing, random } = installation;
  const { labels, ...identity } = known;
  const { server } = kubeconfig;
  const binding = { installation: id, cluster: name, server };
  const sealedKubeconfig = await sealKubeconfig(kubeconfig, binding, sealing, random);
  await keepSecret(installation, {
    key: `clusters/${name}.json`,
    path: 'spec.sealedKubeconfig',
    sealed: sealedKubeconfig,
    text: kubeconfigText(kubeconfig),
  });
  return state.clusters.create({
    kind: 'Cluster',
    metadata: { name, ...(labels && { labels }) },
    spec: { server, sealedKubeconfig, ...identity },
  });
}
