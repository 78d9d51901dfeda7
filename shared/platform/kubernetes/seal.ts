import type { Random } from '../clock';
import { LifeboatError } from '../errors';
import { openSecret, sealSecret } from '../seal/envelope';
import type { Binding, Sealed } from '../seal/seal';
import type { SealingKeys } from '../seal/sealing-keys';
import type { SanitisedKubeconfig } from './kubeconfig';

/** A kubeconfig as it is stored: sealed, JSON. `keyId` and the server beside it are no secrets. */
export type SealedKubeconfig = Sealed;

/** What a sealed kubeconfig belongs to. One that is moved elsewhere does not open. */
export interface SealBinding {
  /** Id of the installation. */
  installation: string;
  /** The cluster's registered name. */
  cluster: string;
  /** The server address, as kept readable beside the seal. */
  server: string;
}

/** Seals for one place, under the current key of the installation. */
export async function sealKubeconfig(
  kubeconfig: SanitisedKubeconfig,
  binding: SealBinding,
  keys: SealingKeys,
  random: Random,
): Promise<SealedKubeconfig> {
  if (kubeconfig.server !== binding.server) {
    throw new LifeboatError('invalid', `cluster "${binding.cluster}": sealed for another server address`);
  }
  return sealSecret(kubeconfigText(kubeconfig), boundTo(binding), keys, random);
}

/** What is sealed of a kubeconfig. */
export function kubeconfigText(kubeconfig: SanitisedKubeconfig): string {
  return JSON.stringify(kubeconfig);
}

/**
 * Opens what `sealKubeconfig` made, for the same place. Throws LifeboatError `denied` when its key is not at hand, `corrupt`
 * for anything else that does not fit: damaged, or moved to another installation, name or address; `unavailable`.
 */
export async function openSealedKubeconfig(
  sealed: unknown,
  binding: SealBinding,
  keys: SealingKeys,
): Promise<SanitisedKubeconfig> {
  const words = {
    what: `cluster "${binding.cluster}": its kubeconfig`,
    remedy: `give it again with \`lifeboat cluster update ${binding.cluster} --kubeconfig\``,
  };
  const text = await openSecret(sealed, boundTo(binding), keys, words);
  const kubeconfig = JSON.parse(text) as SanitisedKubeconfig;
  if (kubeconfig.server === binding.server) return kubeconfig;
  throw new LifeboatError('corrupt', `${words.what} is one for another server`, { hint: words.remedy });
}

function boundTo({ installation, cluster, server }: SealBinding): Binding {
  return ['lifeboat-kubeconfig', installation, cluster, server];
}
