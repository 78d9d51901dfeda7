import type { Random } from '../clock';
import { LifeboatError } from '../errors';
import { type Binding, type Sealed, seal, unseal } from '../seal/seal';
import type { SanitisedKubeconfig } from './kubeconfig';

export { sealingKeyId } from '../seal/seal';

/** A kubeconfig as it is stored: AES-256-GCM, JSON. `keyId` and the server beside it are no secrets. */
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

/** Seals for one place. `key` is base64 of 32 bytes, from the environment. */
export function sealKubeconfig(
  kubeconfig: SanitisedKubeconfig,
  binding: SealBinding,
  key: string,
  random: Random,
): SealedKubeconfig {
  if (kubeconfig.server !== binding.server) {
    throw new LifeboatError('invalid', `cluster "${binding.cluster}": sealed for another server address`);
  }
  return seal(JSON.stringify(kubeconfig), boundTo(binding), key, random);
}

/**
 * Opens what `sealKubeconfig` made, for the same place and with the same key. Throws LifeboatError `denied` for another
 * key, `corrupt` for anything else that does not fit: damaged, or moved to another installation, name or address.
 */
export function openSealedKubeconfig(
  sealed: unknown,
  binding: SealBinding,
  key: string,
): SanitisedKubeconfig {
  const words = { what: `cluster "${binding.cluster}": its kubeconfig`, remedy: 'add the cluster again' };
  const kubeconfig = JSON.parse(unseal(sealed, boundTo(binding), key, words)) as SanitisedKubeconfig;
  if (kubeconfig.server === binding.server) return kubeconfig;
  throw new LifeboatError('corrupt', `${words.what} is one for another server`, { hint: words.remedy });
}

function boundTo({ installation, cluster, server }: SealBinding): Binding {
  return ['lifeboat-kubeconfig', installation, cluster, server];
}
