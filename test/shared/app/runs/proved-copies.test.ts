import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { judgedBackup } from '../../../../shared/app/backups/proved-backup';
import { requestCopy } from '../../../../shared/app/runs/request-copy';
import { trustKey } from '../../../../shared/app/vaults/trust-key';
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
});
beforeEach(async () => {
  bucket = sharedBucket();
  ours = await testInstallation('i1', bucket, [far]);
  theirs = await testInstallation('i2', bucket, [far], { signingKey });
  await ours.installation.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'mirror' },
    spec: { region: 'cn-hangzhou', bucket: 'second' },
  });
});
afterAll(async () => {
  far.api.close();
  await far.sandbox.close();
});

async function copied(backup: string, unproved?: string) {
  const { run } = await requestCopy(ours.installation, { backup, from: 'main', to: 'mirror', unproved });
  await ours.work();
  return (await findRun(ours.installation.state.store, run))!.result!;
}

const folder = (vault: string, name: string) => `${vault}/backups/${name}/`;
/** Names of the objects of a backup without what a copy adds. */
const filesIn = (vault: string, name: string) =>
  bucket
    .keys()
    .filter((key) => key.startsWith(folder(vault, name)) && !key.endsWith('-lifeboat-origin.json'))
    .map((key) => key.slice(folder(vault, name).length))
    .sort();

describe('a copy that a person asks for', () => {
  it('takes what this installation committed, and says so', async () => {
    await ours.backUp('far', 'shop-1');
    const origin = { verdict: 'proved', by: 'this installation committed it' };
    expect(await copied('shop-1')).toMatchObject({ phase: 'Completed', warnings: 0, origin });
    expect(filesIn('mirror', 'shop-1')).toEqual(filesIn('vault', 'shop-1'));
    const place = { vault: 'mirror', backup: 'shop-1' };
    expect(await judgedBackup(ours.installation, place)).toEqual(origin);
  });

  it('takes the signature along, so that the copy is proved without the state', async () => {
    await theirs.backUp('far', 'their-1');
    const key = await seedSigner(signingKey).publicKey();
    await trustKey(ours.installation, 'main', { key });
    const origin = { verdict: 'proved', by: `the trusted key ${key} signed it` };
    expect(await copied('their-1')).toMatchObject({ phase: 'Completed', origin });
    expect(filesIn('mirror', 'their-1')).toContain('their-1-lifeboat-signature.json');
    expect(filesIn('mirror', 'their-1')).toEqual(filesIn('vault', 'their-1'));
  });

  it('leaves behind what somebody added beside a proved backup', async () => {
    await ours.backUp('far', 'shop-1');
    const before = filesIn('vault', 'shop-1');
    for (const added of ['shop-1-of-tomorrow.gz', 'note.txt'])
      await bucket.store('vault/').put(`backups/shop-1/${added}`, Buffer.from('added'));
    expect(await copied('shop-1')).toMatchObject({ phase: 'Completed' });
    expect(filesIn('mirror', 'shop-1')).toEqual(before);
  });

  it('refuses a committed backup of which the catalogue was replaced, and shows nothing in the other vault', async () => {
    await ours.backUp('far', 'shop-1');
    await theirs.backUp('far', 'evil-1', { includedNamespaces: ['default'] });
    const other = bucket.objects.get(`${folder('vault', 'evil-1')}evil-1-lifeboat.json.gz`)!;
    bucket.objects.set(`${folder('vault', 'shop-1')}shop-1-lifeboat.json.gz`, other);
    expect(await copied('shop-1', 'shop-1')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('its catalogue is not the one that was committed'),
    });
    expect(filesIn('mirror', 'shop-1')).toEqual([]);
  });

  it('refuses what cannot be proved, and takes it with a warning when an admin names it', async () => {
    await theirs.backUp('far', 'their-1');
    bucket.objects.delete(`${folder('vault', 'their-1')}their-1-lifeboat-signature.json`);
    expect(await copied('their-1')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('cannot be proved to be what Lifeboat wrote'),
    });
    expect(filesIn('mirror', 'their-1')).toEqual([]);
    expect(await copied('their-1', 'their-1')).toMatchObject({
      phase: 'Completed',
      warnings: 1,
      origin: { verdict: 'unproved' },
    });
    const audit = bucket.keys().filter((key) => key.startsWith('i1/audit/'));
    const entries = audit.map((key) => JSON.parse(bucket.objects.get(key)!.body.toString()));
    expect(entries).toContainEqual(
      expect.objectContaining({ action: 'take', what: expect.stringMatching(/^unproved backup for copy /) }),
    );
  });

  it('does not take another backup than the one that is named as unproved', async () => {
    await ours.backUp('far', 'shop-1');
    await expect(copied('shop-1', 'shop-2')).rejects.toMatchObject({ kind: 'invalid' });
  });
});
