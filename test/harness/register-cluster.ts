import type { SanitisedKubeconfig } from '../../shared/platform/kubernetes/kubeconfig';
import type { ClusterManifest } from '../../shared/formats/manifests/cluster';
import type { Installation } from '../../shared/app/installation';
import { sealedCredentials } from '../../shared/app/clusters/seal-cluster';

/**
 * Registers a cluster under a sanitised kubeconfig without trying it.
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
