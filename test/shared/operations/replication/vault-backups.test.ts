import { beforeEach, describe, expect, it } from '@jest/globals';
import { backupOfKey, notLanded } from '../../../../shared/operations/replication/landed-backup';
import { surveyBackups } from '../../../../shared/operations/replication/vault-backups';
import type { Vault } from '../../../../shared/formats/manifests/vault';
import { seedSigner } from '../../../../shared/formats/vault/proof/signer';
import type { MemoryBucket } from '../../../harness/memory-bucket';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { setUp } from '../runs/fixtures';
import { writeBackup } from './written-backup';

const signer = seedSigner(Buffer.alloc(32, 7).toString('base64'));
let bucket: MemoryBucket;
let state: ReturnType<MemoryBucket['store']>;
let vault: ReturnType<MemoryBucket['store']>;
beforeEach(() => {
  const rig = setUp();
  ({ bucket } = rig);
  state = bucket.store('state/');
  vault = bucket.store('vault/');
});

const survey = () => surveyBackups({ vaultName: 'main', vault, state });
const only = async () => {
  const { backups, failed } = await survey();
  expect(failed).toEqual([]);
  return backups[0];
};
const swap = async (from: string, to: string) => vault.put(to, (await vault.get(from)).body);

describe('the backups of a vault', () => {
  it('are seen when their phase is terminal and their archive is there, and not before', async () => {
    await writeBackup(vault, { name: 'shop-1', phase: 'InProgress', foreign: true, bare: true });
    expect(await only()).toBeUndefined();
    await writeBackup(vault, { name: 'shop-1', phase: 'Completed', foreign: true, bare: true });
    expect(await only()).toBeUndefined();
    await writeBackup(vault, { name: 'shop-1', phase: 'Finalizing', foreign: true });
    expect(await only()).toBeUndefined();
    expect(await notLanded(vault, 'shop-1')).toBe('its phase is Finalizing');
    await writeBackup(vault, { name: 'shop-1', phase: 'Completed', foreign: true });
    expect(await only()).toEqual({
      name: 'shop-1',
      phase: 'Completed',
      at: '2026-11-22T09:00:00Z',
      items: 7,
      scope: expect.any(String),
      namespaces: ['shop'],
      origin: { proof: 'none' },
    });
  });

  it('are ours where the state committed these bytes, and broken where it committed others', async () => {
    await writeBackup(vault, { name: 'shop-1', state, schedule: 'daily' });
    expect(await only()).toMatchObject({
      schedule: 'daily',
      origin: { proof: 'committed', cluster: 'a', clusterUid: 'uid-a' },
    });
    await writeBackup(vault, { name: 'shop-1', phase: 'PartiallyFailed' });
    expect((await only())!.origin).toEqual({
      proof: 'broken',
      reason: 'its manifest is not the one that was committed',
    });
  });

  it('are the holder of a key where it signed these bytes for that cluster', async () => {
    await writeBackup(vault, { name: 'shop-1', signer });
    const key = await signer.publicKey();
    expect((await only())!.origin).toEqual({ proof: 'signed', key, clusterUid: 'uid-a' });
  });

  it.each([
    ['another manifest', 'velero-backup.json', 'not for these bytes'],
    ['another catalogue', 'shop-1-lifeboat.json.gz', 'its catalogue is not the one that was signed'],
  ])('are broken with a good signature over %s', async (_, file, reason) => {
    await writeBackup(vault, { name: 'shop-1', signer });
    const other = bucket.store('other/');
    await writeBackup(other, { name: 'shop-1', phase: 'PartiallyFailed', clusterUid: 'uid-x', signer });
    await vault.put(`backups/shop-1/${file}`, (await other.get(`backups/shop-1/${file}`)).body);
    expect((await only())!.origin).toEqual({ proof: 'broken', reason: expect.stringContaining(reason) });
  });

  it("are broken under another backup's signature, and under one that names another key", async () => {
    await writeBackup(vault, { name: 'shop-1', signer });
    await writeBackup(vault, { name: 'shop-2', signer });
    const signature = 'backups/shop-1/shop-1-lifeboat-signature.json';
    const text = (await vault.get(signature)).body.toString();
    await swap('backups/shop-2/shop-2-lifeboat-signature.json', signature);
    const origins = async () => new Map((await survey()).backups.map(({ name, origin }) => [name, origin]));
    expect((await origins()).get('shop-1')).toMatchObject({ proof: 'broken' });
    const thief = await seedSigner(Buffer.alloc(32, 8).toString('base64')).publicKey();
    await vault.put(signature, Buffer.from(text.replace(await signer.publicKey(), thief)));
    expect((await origins()).get('shop-1')).toMatchObject({
      proof: 'broken',
      reason: expect.stringContaining('not signed by the key'),
    });
  });

  it("are ours in every vault that holds the bytes that were committed, and another's with other bytes", async () => {
    await writeBackup(bucket.store('first/'), { name: 'shop-1', state });
    await writeBackup(vault, { name: 'shop-1' });
    const inSecond = async () =>
      (await surveyBackups({ vaultName: 'second', vault, state })).backups[0]!.origin;
    expect(await inSecond()).toMatchObject({ proof: 'committed', cluster: 'a' });
    await writeBackup(vault, { name: 'shop-1', phase: 'PartiallyFailed', foreign: true });
    await vault.delete(['backups/shop-1/shop-1-lifeboat.json.gz']);
    expect(await inSecond()).toEqual({ proof: 'none' });
  });

  it('claim to be of Lifeboat by their catalogue, their annotations or the name of a run', async () => {
    await writeBackup(vault, { name: 'shop-1', clusterUid: 'uid-b' });
    expect((await only())!.origin).toEqual({
      proof: 'claimed',
      claim: 'it says that installation i2 made it, and no trusted key signed it',
      clusterUid: 'uid-b',
    });
    await createRequest(state, {
      kind: 'BackupRequest',
      metadata: { name: 'shop-1' },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    await writeBackup(vault, { name: 'shop-1', phase: 'PartiallyFailed', foreign: true });
    await vault.delete(['backups/shop-1/shop-1-lifeboat.json.gz']);
    expect((await only())!.origin).toEqual({
      proof: 'claimed',
      claim: 'a run of this installation has its name and did not commit it',
      ownName: true,
    });
  });

  it('never hold the source as of later than they landed', async () => {
    await writeBackup(vault, { name: 'shop-1', started: '2099-01-01T00:00:00Z' });
    expect((await only())!.at).toBe('2026-11-22T10:00:00Z');
  });

  it('are read once: a second look costs a listing, and reads what changed', async () => {
    for (const name of ['shop-1', 'shop-2']) await writeBackup(vault, { name, state });
    const first = await survey();
    const requests: string[] = [];
    bucket.before = (operation, key) => void requests.push(`${operation} ${key}`);
    const byName = ({ backups }: typeof first) => [...backups].sort((l, r) => (l.name < r.name ? -1 : 1));
    expect(byName(await survey())).toEqual(byName(first));
    expect(requests.filter((one) => one.includes('vault/'))).toEqual([expect.stringMatching(/^list/)]);
    await writeBackup(vault, { name: 'shop-2', phase: 'PartiallyFailed' });
    expect(byName(await survey()).map(({ origin }) => origin.proof)).toEqual(['committed', 'broken']);
  });

  it('with a manifest that cannot be read stop nothing else', async () => {
    await writeBackup(vault, { name: 'shop-1', state });
    await writeBackup(vault, { name: 'shop-2' });
    await vault.put('backups/shop-2/velero-backup.json', Buffer.from('{'));
    const { backups, failed } = await survey();
    expect(failed).toEqual([]);
    expect(backups.map(({ name, origin }) => [name, origin.proof]).sort()).toEqual([
      ['shop-1', 'committed'],
      ['shop-2', 'broken'],
    ]);
  });
});

describe('an event', () => {
  const of = (subdirectory?: string): Vault => ({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'b', subdirectory, networkType: 'public' },
  });

  it.each([
    ['backups/shop-1/velero-backup.json', undefined, 'shop-1'],
    ['team/backups/shop-1/velero-backup.json', 'team', 'shop-1'],
    ['team/backups/shop.v1/velero-backup.json', 'team', 'shop.v1'],
    ['team/backups/shop-1/velero-backup.json', undefined, undefined],
    ['teams/backups/shop-1/velero-backup.json', 'team', undefined],
    ['backups/shop-1/shop-1-logs.gz', undefined, undefined],
    ['backups/../x/velero-backup.json', undefined, undefined],
    ['backups/velero-backup.json', undefined, undefined],
  ])('for %s is for a vault at %s the backup %s', (key, subdirectory, name) => {
    expect(backupOfKey(of(subdirectory), 'b', key)).toBe(name);
    expect(backupOfKey(of(subdirectory), 'another', key)).toBeUndefined();
  });

  it('for a manifest that is gone again is passed over', async () => {
    expect(await notLanded(vault, 'shop-1')).toBe('it is not there any more');
  });
});
