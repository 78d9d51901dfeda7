import { messageOf } from '../../platform/errors';
import type { Vault } from '../../formats/manifests/vault';
import type { WormDays } from '../../operations/retention/lock-end';
import type { Installation } from '../installation';

/** Asks OSS once, and only when a deletion is refused. Without the right to ask (`oss:GetBucketWorm`) the days are not known. */
export function wormDaysOf({ readVaultBucket, log }: Installation, vault: Vault): WormDays {
  const { name } = vault.metadata;
  let days: Promise<number | undefined> | undefined;
  const ask = async () => {
    try {
      const { worm } = await readVaultBucket(vault);
      return typeof worm === 'object' && worm.state === 'Locked' ? worm.days : undefined;
    } catch (error) {
      log.warn(`How long WORM keeps what lies in vault ${name} is not known`, { error: messageOf(error) });
      return undefined;
    }
  };
  return () => {
    days ??= ask();
    return days;
  };
}
