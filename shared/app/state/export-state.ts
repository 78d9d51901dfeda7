import { messageOf } from '../../platform/errors';
import { isReadOnly } from '../../formats/manifests/vault';
import { type CollectedState, collectState } from '../../operations/disaster/state-export/collect-state';
import { exportTo, type VaultExport } from '../../operations/disaster/state-export/write-export';
import type { Signer } from '../../formats/vault/proof/signer';
import type { Installation } from '../installation';
import { installationSigner } from '../secrets/signing-key';

/** By vault: what was done, or why nothing could be. */
export type StateExports = Record<string, VaultExport | { failed: string }>;

/**
 * Sees to it that every vault that may be written to holds the export of the day of this installation's state, without its
 * runs. Can be called as often as one likes: once the export is there, it costs a request a vault. One vault that fails stops
 * no other.
 */
export async function exportState(installation: Installation): Promise<StateExports> {
  const { id, state, clock, log } = installation;
  const { items, unreadable } = await state.vaults.list();
  const done: StateExports = {};
  for (const { name, reason } of unreadable) done[name] = { failed: reason };
  let collected: Promise<CollectedState> | undefined;
  const work = {
    installation: id,
    day: clock.now().toISOString().slice(0, 10),
    collect: () => {
      collected ??= collectState(state.store);
      return collected;
    },
    signer: () => signerAtHand(installation),
    log,
  };
  for (const vault of items) {
    if (isReadOnly(vault)) continue;
    const { name } = vault.metadata;
    try {
      done[name] = await exportTo(installation.openVaultStore(vault), vault, work);
    } catch (error) {
      done[name] = { failed: messageOf(error) };
      log.error(`The state could not be exported to vault ${name}`, { name, error: messageOf(error) });
    }
  }
  return done;
}

/** Undefined where the signing key cannot be opened: an unsigned export is better than none, and a restore says so. */
async function signerAtHand(installation: Installation): Promise<Signer | undefined> {
  try {
    return await installationSigner(installation);
  } catch (error) {
    installation.log.info('The export of the state is not signed', { error: messageOf(error) });
    return undefined;
  }
}
