import type { SanitisedKubeconfig } from '../../platform/kubernetes/kubeconfig';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import type { Installation } from '../installation';
import { sealedCredentials } from './seal-cluster';

/**
 * Registers a cluster under a sanitised kubeconfig without trying it: for systems that make their clusters themselves.
 * Throws `conflict` when the name is taken.
 */
export async function registerCluster(
  name: string,
  kubeconfig: SanitisedKubeconfig,
  installation: Pick<Installation, 'id' | 'state' | 'sealing' | 'settings' | 'random'>,
): Promise<ClusterManifest> {
  const spec = await sealedCredentials(name, kubeconfig, installation);
  return installation.state.clusters.create({ kind: 'Cluster', metadata: { name }, spec });
}
