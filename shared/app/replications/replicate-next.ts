import { messageOf } from '../../platform/errors';
import type { Installation } from '../installation';
import { replicateVaults } from './replicate-vaults';

/**
 * After a rule's restore: what landed meanwhile is due now. Never fails; what is not done here the hourly tick does.
 */
export async function replicateNext(installation: Installation, vaultName: string): Promise<void> {
  try {
    await replicateVaults(installation, vaultName);
  } catch (error) {
    installation.log.warn('What follows a replication was left to the next tick', {
      error: messageOf(error),
    });
  }
}
