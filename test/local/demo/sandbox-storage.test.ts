import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { sandboxStorage } from '../../../local/demo/sandbox-storage';
import { freeBackupName } from '../../../local/free-backup-name';
import { requestRestore } from '../../../shared/app/runs/request';
import { findRun } from '../../../shared/formats/state/run/runs';
import {
  sharedBucket,
  startTestCluster,
  type TestCluster,
  type TestInstallation,
  testInstallation,
} from '../../shared/app/replications/replicating-installations';

jest.setTimeout(60_000);

const shopNamespaces = ['shop', 'shop-jobs'];
const shop = readFileSync(join(__dirname, '../../../local/demo/shop.yaml'), 'utf8');
const spec = { includedNamespaces: shopNamespaces };

describe('a sandbox with a shop, as npm start has it', () => {
  let a: TestCluster;
  let b: TestCluster;
  let lifeboat: TestInstallation;

  beforeAll(async () => {
    [a, b] = await Promise.all([startTestCluster('a'), startTestCluster('b')]);
    for (const { sandbox } of [a, b]) await sandbox.load(sandboxStorage);
    await a.sandbox.load(shop);
    await a.sandbox.settled();
    lifeboat = await testInstallation('i1', sharedBucket(), [a, b]);
  });
  afterAll(() => {
    for (const cluster of [a, b]) {
      cluster?.api.close();
      void cluster?.sandbox.close();
    }
  });

  it('is backed up Completed, and PartiallyFailed where the data of its volumes was asked for', async () => {
    const plain = await lifeboat.backUp('a', 'shop-1', spec, false);
    expect(plain.result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 2 });
    const asked = await lifeboat.backUp('a', 'shop-data', { ...spec, snapshotVolumes: true }, false);
    expect(asked.result).toMatchObject({ phase: 'PartiallyFailed', errors: 2 });
    const files = await lifeboat.backUp(
      'a',
      'shop-files',
      { ...spec, defaultVolumesToFsBackup: true },
      false,
    );
    expect(files.result?.phase).toBe('PartiallyFailed');
  });

  it.each([
    [false, { phase: 'PartiallyFailed', errors: 2 }],
    [true, { phase: 'Completed', errors: 0, warnings: 2 }],
  ])('is restored, with empty volumes allowed: %s, to %j', async (allowEmptyVolumes, expected) => {
    for (const namespace of shopNamespaces) {
      if (await b.get(`/api/v1/namespaces/${namespace}`))
        await b.send('DELETE', `/api/v1/namespaces/${namespace}`);
    }
    await b.sandbox.settled();
    const name = `back-${allowEmptyVolumes}`;
    await requestRestore(lifeboat.installation, {
      kind: 'RestoreRequest',
      metadata: { name },
      cluster: 'b',
      vault: 'main',
      spec: { backupName: 'shop-1' },
      allowEmptyVolumes,
    });
    await lifeboat.work();
    const run = await findRun(lifeboat.installation.state.store, { kind: 'restores', name });
    expect(run?.result).toMatchObject(expected);
  });

  it('has its commands suggested with the name of a backup that no backup has', async () => {
    const { installation } = lifeboat;
    expect(await freeBackupName(installation, 'main', 'shop')).toBe('shop-2');
    expect(await freeBackupName(installation, 'main', 'mine')).toBe('mine-1');
    const vault = await installation.openVault('main');
    // Lies in the vault, and no run made it here.
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'shop-2' } };
    await vault.put('backups/shop-2/velero-backup.json', Buffer.from(JSON.stringify(manifest)));
    expect(await freeBackupName(installation, 'main', 'shop')).toBe('shop-3');
  });
});
