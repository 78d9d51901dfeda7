import type { SanitisedKubeconfig } from '../../platform/kubernetes/kubeconfig';
import { kubeconfigText, sealKubeconfig } from '../../platform/kubernetes/seal';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import type { Installation } from '../installation';
import { keepSecret } from '../secrets/keep-secret';

/**
 * What a manifest keeps of a kubeconfig: its server, and the rest sealed for this installation, this name and this server,
 * before it is written anywhere. A copy for the recovery key is kept where there is one.
 */
export async function sealedCredentials(
  name: string,
  kubeconfig: SanitisedKubeconfig,
  installation: Pick<Installation, 'id' | 'state' | 'sealing' | 'settings' | 'random'>,
): Promise<Required<Pick<ClusterManifest['spec'], 'server' | 'sealedKubeconfig'>>> {
  const { id, sealing, random } = installation;
  const { server } = kubeconfig;
  const binding = { installation: id, cluster: name, server };
  const sealedKubeconfig = await sealKubeconfig(kubeconfig, binding, sealing, random);
  await keepSecret(installation, {
    key: `clusters/${name}.json`,
    path: 'spec.sealedKubeconfig',
    sealed: sealedKubeconfig,
    text: kubeconfigText(kubeconfig),
  });
  return { server, sealedKubeconfig };
}
