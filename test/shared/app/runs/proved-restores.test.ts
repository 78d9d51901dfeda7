import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { requestPlan, requestRestore } from '../../../../shared/app/runs/request';
import { madePlan } from '../../../../shared/app/runs/made-plan';
import { trustKey } from '../../../../shared/app/vaults/trust-key';
import type { RestoreRequest } from '../../../../shared/formats/manifests/run';
import { findRun } from '../../../../shared/formats/state/run/runs';
import { seedSigner } from '../../../../shared/formats/vault/proof/signer';
import type { MemoryBucket } from '../../../harness/memory-bucket';
import {
  sharedBucket,
  startTestCluster,
  type TestCluster,
  type TestInstallation,
  testInstallation,
} from '../replications/replicating-installations';

jest.setTimeout(60_000);

const signingKey = Buffer.alloc(32, 1).toString('base64');
let far: TestCluster;
let near: TestCluster;
let bucket: MemoryBucket;
let ours: TestInstallation;
let theirs: TestInstallation;

beforeAll(async () => {
  far = await startTestCluster('far');
  await far.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  await far.send('POST', '/api/v1/namespaces/shop/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'prices' },
    data: { apple: '3' },
  });
});
beforeEach(async () => {
  near?.api.close();
  await near?.sandbox.close();
  near = await startTestCluster('near');
  bucket = sharedBucket();
  ours = await testInstallation('i1', bucket, [far, near]);
  theirs = await testInstallation('i2', bucket, [far], { signingKey });
});
afterAll(async () => {
  for (const cluster of [far, near]) {
    cluster?.api.close();
    await cluster?.sandbox.close();
  }
});

const requestOf = (backup: string, more: Partial<RestoreRequest> = {}) => ({
  metadata: { name: `of-${backup}` },
  cluster: 'near',
  vault: 'main',
  spec: { backupName: backup },
  ...more,
});

async function restored(backup: string, more: Partial<RestoreRequest> = {}) {
  await requestRestore(ours.installation, { kind: 'RestoreRequest', ...requestOf(backup, more) });
  await ours.work();
  return (await findRun(ours.installation.state.store, { kind: 'restores', name: `of-${backup}` }))!.result!;
}

async function planned(backup: string, more: Partial<RestoreRequest> = {}) {
  await requestPlan(ours.installation, { kind: 'PlanRequest', ...requestOf(backup, more) });
  await ours.work();
  const run = await findRun(ours.installation.state.store, { kind: 'plans', name: `of-${backup}` });
  return run!.result!;
}
const planHead = async (backup: string) => (await madePlan(ours.installation, `of-${backup}`)).stored.head;

const prices = () => near.get('/api/v1/namespaces/shop/configmaps/prices');
const folder = (name: string) => `vault/backups/${name}/`;

/** Puts every object of one backup into the place of another's, names changed. */
function forge(name: string, by: string): void {
  for (const key of bucket.keys().filter((one) => one.startsWith(folder(name)))) bucket.objects.delete(key);
  for (const key of bucket.keys().filter((one) => one.startsWith(folder(by)))) {
    bucket.objects.set(key.replaceAll(by, name), bucket.objects.get(key)!);
  }
}

/** Leaves of a backup what Velero would have written, under a name. */
async function asVelero(name: string, as: string): Promise<void> {
  const vault = bucket.store('vault/');
  const manifest = JSON.parse((await vault.get(`backups/${name}/velero-backup.json`)).body.toString());
  manifest.metadata.name = as;
  for (const key of Object.keys(manifest.metadata.annotations))
    if (key.startsWith('lifeboat/')) delete manifest.metadata.annotations[key];
  const archive = (await vault.get(`backups/${name}/${name}.tar.gz`)).body;
  for (const key of bucket.keys().filter((one) => one.startsWith(folder(as)))) bucket.objects.delete(key);
  await vault.put(`backups/${as}/${as}.tar.gz`, archive);
  await vault.put(`backups/${as}/velero-backup.json`, Buffer.from(JSON.stringify(manifest)));
}

describe('a restore or plan that a person asks for', () => {
  it('takes what this installation committed, and says so', async () => {
    await ours.backUp('far', 'shop-1');
    const origin = { verdict: 'proved', by: 'this installation committed it' };
    expect(await planned('shop-1')).toMatchObject({ phase: 'Completed' });
    expect((await planHead('shop-1')).origin).toEqual(origin);
    expect(await restored('shop-1')).toMatchObject({ phase: 'Completed', warnings: 0, origin });
    expect(await prices()).toBeDefined();
  });

  it("refuses another installation's backup under a name that was committed, and an admin cannot take it", async () => {
    await ours.backUp('far', 'shop-1');
    await theirs.backUp('far', 'evil-1');
    forge('shop-1', 'evil-1');
    const failed = {
      phase: 'Failed',
      reason: expect.stringContaining('its manifest is not the one that was committed'),
    };
    expect(await planned('shop-1')).toMatchObject(failed);
    expect(await restored('shop-1', { unproved: 'shop-1' })).toMatchObject(failed);
    expect(await prices()).toBeUndefined();
  });

  it.each([
    ['its archive', '.tar.gz'],
    ['its catalogue', '-lifeboat.json.gz'],
  ])('refuses a committed backup with %s replaced by that of another', async (_, suffix) => {
    await ours.backUp('far', 'shop-1');
    await theirs.backUp('far', 'evil-1', { includedNamespaces: ['default'] });
    const other = bucket.objects.get(`${folder('evil-1')}evil-1${suffix}`)!;
    bucket.objects.set(`${folder('shop-1')}shop-1${suffix}`, other);
    expect(await restored('shop-1')).toMatchObject({ phase: 'Failed' });
    expect(await prices()).toBeUndefined();
  });

  it('refuses a committed backup whose list of volumes was replaced', async () => {
    await ours.backUp('far', 'shop-1');
    const key = 'backups/shop-1/shop-1-volumeinfo.json.gz';
    await bucket.store('vault/').put(key, gzipSync('[{"pvcName":"data"}]'));
    expect(await restored('shop-1')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('shop-1-volumeinfo.json.gz is not what was written'),
    });
    expect(await prices()).toBeUndefined();
  });

  it('refuses what looks like a backup of Velero under a name that was committed', async () => {
    await ours.backUp('far', 'shop-1');
    await asVelero('shop-1', 'shop-1');
    expect(await restored('shop-1')).toMatchObject({ phase: 'Failed' });
    expect(await prices()).toBeUndefined();
  });

  it('takes a backup of Velero, and says that nothing proves it', async () => {
    await ours.backUp('far', 'shop-1');
    await asVelero('shop-1', 'by-velero');
    const origin = { verdict: 'unprovable', reason: 'Velero wrote it, and Velero signs nothing' };
    expect(await planned('by-velero')).toMatchObject({ phase: 'Completed' });
    expect((await planHead('by-velero')).origin).toEqual(origin);
    expect(await restored('by-velero')).toMatchObject({ phase: 'Completed', origin });
    expect(await prices()).toBeDefined();
  });

  it("refuses another installation's backup until its key is trusted", async () => {
    await theirs.backUp('far', 'their-1');
    const key = await seedSigner(signingKey).publicKey();
    expect(await restored('their-1')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining(`key ${key}, which is not trusted, signed it`),
    });
    expect(await prices()).toBeUndefined();
    await trustKey(ours.installation, 'main', { key });
    expect(await restored('their-1', { metadata: { name: 'of-their-1' } })).toMatchObject({
      phase: 'Failed',
    });
    expect(await planned('their-1')).toMatchObject({ phase: 'Completed' });
    expect((await planHead('their-1')).origin).toEqual({
      verdict: 'proved',
      by: `the trusted key ${key} signed it`,
    });
    await trustKey(ours.installation, 'main', { key, remove: true });
    const { state } = ours.installation;
    expect((await state.vaults.get('main')).spec.trustedKeys).toEqual([]);
  });

  it('takes what its own key signed after the state that committed it is lost', async () => {
    const { installation } = theirs;
    await theirs.backUp('far', 'their-1');
    const again = await testInstallation('i3', bucket, [far, near], { signingKey });
    expect(again.installation.id).not.toBe(installation.id);
    await requestRestore(again.installation, { kind: 'RestoreRequest', ...requestOf('their-1') });
    await again.work();
    const run = await findRun(again.installation.state.store, { kind: 'restores', name: 'of-their-1' });
    expect(run!.result).toMatchObject({ phase: 'Completed', origin: { verdict: 'proved' } });
  });

  it('takes what cannot be proved when an admin names it, warns, and writes it into the audit log', async () => {
    await theirs.backUp('far', 'their-1');
    bucket.objects.delete(`${folder('their-1')}their-1-lifeboat-signature.json`);
    expect(await planned('their-1', { unproved: 'their-1' })).toMatchObject({ phase: 'Completed' });
    const head = await planHead('their-1');
    expect(head.origin).toMatchObject({ verdict: 'unproved' });
    expect(JSON.stringify(head.results.warnings)).toContain('an admin named it as unproved');
    expect(await restored('their-1', { unproved: 'their-1' })).toMatchObject({
      phase: 'Completed',
      warnings: 1,
      origin: {
        verdict: 'unproved',
        reason: 'it says that installation i2 made it, and no trusted key signed it',
      },
    });
    expect(await prices()).toBeDefined();
    const audit = bucket.keys().filter((key) => key.startsWith('i1/audit/'));
    const entries = audit.map((key) => JSON.parse(bucket.objects.get(key)!.body.toString()));
    expect(entries).toContainEqual(
      expect.objectContaining({ action: 'take', what: 'unproved backup for restore of-their-1' }),
    );
  });

  it('does not take another backup than the one that is named as unproved', async () => {
    await ours.backUp('far', 'shop-1');
    await expect(restored('shop-1', { unproved: 'shop-2' })).rejects.toMatchObject({
      kind: 'invalid',
      message: 'backup "shop-2" is named as unproved, and "shop-1" is asked for',
    });
  });
});
