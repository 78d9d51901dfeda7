import { expect, it } from '@jest/globals';
import { removeBackup, requestRemoval } from '../../../../shared/app/backups/remove-backup';
import { findDeletion } from '../../../../shared/formats/state/deletions';
import { anInstallation } from '../an-installation';

const place = { vault: 'theirs', backup: 'shop-1' };

async function withReadOnlyVault() {
  const made = await anInstallation();
  await made.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'theirs' },
    spec: { region: 'cn-hangzhou', bucket: 'theirs', accessMode: 'ReadOnly' },
  });
  await made.finish('shop-1');
  return made;
}

it.each([
  ['delete', (installation) => removeBackup(installation, place, {})],
  ['delete at once', (installation) => removeBackup(installation, place, { immediately: true })],
  ['ask for the deletion of', (installation) => requestRemoval(installation, place)],
] as [
  string,
  (installation: Awaited<ReturnType<typeof anInstallation>>['installation']) => Promise<unknown>,
][])('refuses to %s a backup in a read-only vault, and decides nothing', async (_, remove) => {
  const { installation, state, vault } = await withReadOnlyVault();
  await expect(remove(installation)).rejects.toMatchObject({
    kind: 'invalid',
    message: 'vault "theirs" is read-only: no backup is deleted from it',
  });
  expect(await findDeletion(state.store, place)).toBeUndefined();
  expect(await vault.head('backups/shop-1/velero-backup.json')).toBeDefined();
});
