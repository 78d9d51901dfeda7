import { keepForRecovery } from '../../operations/disaster/recovery/recovery-copies';
import type { Installation } from '../installation';

/** A secret that was sealed into a manifest that is about to be written. */
export interface SealedSecret {
  /** Of the manifest in the state: `clusters/a.json`. */
  key: string;
  /** Of the field: `spec.sealedKubeconfig`. */
  path: string;
  /** As it stands there. */
  sealed: unknown;
  /** In clear. */
  text: string;
}

/**
 * Keeps a secret for the recovery key too, where the installation has one; whoever writes a manifest with something sealed in
 * it calls this before, because later nobody has it in clear.
 */
export async function keepSecret(
  { id, state, settings, random }: Pick<Installation, 'id' | 'state' | 'settings' | 'random'>,
  { key, path, sealed, text }: SealedSecret,
): Promise<void> {
  const { recoveryKey } = settings;
  if (recoveryKey === undefined) return;
  const place = { installation: id, key, path };
  await keepForRecovery(state.store, { place, sealed, text }, recoveryKey, random);
}
