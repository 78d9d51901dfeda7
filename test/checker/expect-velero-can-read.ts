import { expect } from '@jest/globals';
import { checkVault } from './check-vault';
import { rules } from './rules';
import type { Listable, VaultView } from './vault-view';

/**
 * Fails unless Velero would accept the vault, and list, describe and restore a backup in it as one of its own.
 * @param vault a directory, a store bound to the vault's subdirectory, or a view
 * @param name of a backup that has to be there
 */
export async function expectVeleroCanRead(vault: string | Listable | VaultView, name: string): Promise<void> {
  const breaches = await checkVault(vault, name);
  expect(breaches.map(({ rule, key, found }) => `${key}: ${rules[rule]} (${rule}); found ${found}`)).toEqual(
    [],
  );
}
