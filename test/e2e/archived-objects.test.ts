import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pc from 'picocolors';
import type { CommandLine } from '../../cli/command-line';
import { backupCommand } from '../../cli/commands/backup';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import type { Installation } from '../../shared/app/installation';
import { carryOutBackup } from '../../shared/app/runs/carry-out-backup';
import { carryOutCopy } from '../../shared/app/runs/carry-out-copy';
import { carryOutRestore } from '../../shared/app/runs/carry-out-restore';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { requestCopy } from '../../shared/app/runs/request-copy';
import { expireInstallation, expiryPlan } from '../../shared/app/ticks/expire';
import { addVault } from '../../shared/app/vaults/add-vault';
import { surveyBackups } from '../../shared/operations/replication/vault-backups';
import { systemClock } from '../../shared/platform/system';
import { createApi } from '../../shared/api/api';
import { sha256Hex } from '../../shared/platform/sha256';
import { openAt, person, startRegion, vaultAt } from '../shared/app/vaults/vault-fixture';

jest.setTimeout(120_000);

// biome-ignore lint/suspicious/noExplicitAny: the package's own types are wrong in many places
const oss: any = require('ali-oss');

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop}
data: {apple: "3"}
`;
const remedy = /InvalidObjectState.*archive class: restore it there with `ossutil restore`/;

let region: Awaited<ReturnType<typeof startRegion>>;
let sandbox: SandboxCluster;
let installation: Installation;

beforeAll(async () => {
  region = await startRegion('cn-hangzhou', {
    buckets: [{ name: 'state' }, { name: 'vault' }, { name: 'other' }],
  });
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load(shop);
  installation = await openAt(region);
  await addVault(installation, vaultAt('main', {}));
  await addVault(installation, vaultAt('other', { bucket: 'other' }));
  await addCluster(installation, { name: 'a', kubeconfig: sandbox.kubeconfig });
  for (const name of ['one', 'two']) await backUp(name);
});
afterAll(async () => {
  await Promise.all([region?.stop(), sandbox?.close()]);
});

async function backUp(name: string): Promise<void> {
  await requestBackup(installation, {
    kind: 'BackupRequest',
    metadata: { name },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['shop'] },
  });
  const result = await carryOutBackup(installation, { kind: 'backups', name });
  expect(result).toMatchObject({ phase: 'Completed' });
}

/** Puts an object of the vault into another class, as a lifecycle rule of the bucket does. */
async function move(key: string, storageClass: string): Promise<void> {
  const client = new oss({
    region: 'oss-cn-hangzhou',
    bucket: 'vault',
    endpoint: region.endpoint,
    authorizationV4: true,
    ...person,
  });
  bytes.set(key, bytes.get(key) ?? (await client.get(key)).content);
  await client.put(key, bytes.get(key), { headers: { 'x-oss-storage-class': storageClass } });
}
const bytes = new Map<string, Buffer>();

async function cli(...parameters: string[]): Promise<{ code: number; out: string; notes: string }> {
  const seen = { code: 0, out: '', notes: '' };
  const line: CommandLine = {
    screen: {
      out: (text: string) => {
        seen.out += `${text}\n`;
      },
      note: (text: string) => {
        seen.notes += `${text}\n`;
      },
      live: false,
      colors: pc.createColors(false),
    },
    clock: systemClock,
    open: async () => installation,
    exitWith: (code: number) => {
      seen.code = code;
    },
  };
  await backupCommand(line).parseAsync(parameters, { from: 'user' });
  return seen;
}

let restores = 0;
async function restored(backupName: string) {
  const name = `back-${++restores}`;
  const metadata = { name };
  await requestRestore(installation, {
    kind: 'RestoreRequest',
    metadata,
    cluster: 'a',
    vault: 'main',
    spec: { backupName },
  });
  return carryOutRestore(installation, { kind: 'restores', name });
}

describe('with its manifest in class ColdArchive, a backup', () => {
  const key = 'backups/one/velero-backup.json';
  beforeAll(() => move(key, 'ColdArchive'));
  afterAll(() => move(key, 'Standard'));

  it('is a line with the remedy in the list, and the others are listed', async () => {
    const { out, notes } = await cli('get', '--vault', 'main');
    expect(out).toMatch(/^two\b/m);
    expect(`${out}${notes}`).toMatch(remedy);
    expect(`${out}${notes}`).toContain('one');
  });

  it('is a line with the remedy in GET /backups', async () => {
    const token = 'the-token-of-this-machine';
    const api = createApi({ open: async () => installation, tokenSha256: sha256Hex(token) });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await api.fetch(new Request('https://api.example/backups?vault=main', { headers }));
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toMatch(/InvalidObjectState/);
    expect(text).toContain('"two"');
  });

  it('is told as unreadable by search, which finds the object in the others', async () => {
    const { out, notes } = await cli('search', 'configmap', 'shop/prices', '--vault', 'main');
    expect(out).toContain('in two');
    expect(notes).toMatch(/one cannot be read: .*InvalidObjectState/);
  });

  it('is kept by retention, with the reason, and keeps no other from being judged', async () => {
    const verdicts = await expiryPlan(installation, 'main');
    expect(verdicts.find(({ name }) => name === 'one')).toMatchObject({
      delete: false,
      reason: expect.stringMatching(remedy),
    });
    expect(verdicts.find(({ name }) => name === 'two')?.reason).not.toMatch(remedy);
    const { vaults } = await expireInstallation(installation);
    expect(vaults.main).toMatchObject({ failed: [] });
  });

  it('fails a restore at once, with the remedy', async () => {
    const started = Date.now();
    expect(await restored('one')).toMatchObject({ phase: 'Failed', reason: expect.stringMatching(remedy) });
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it('keeps a replication from no other backup of the vault', async () => {
    const sources = {
      vaultName: 'main',
      vault: await installation.openVault('main'),
      state: installation.state.store,
    };
    const survey = await surveyBackups(sources);
    expect(survey.backups.map(({ name }) => name)).toEqual(['two']);
    expect(survey.failed).toEqual([{ name: 'one', reason: expect.stringMatching(remedy) }]);
  });

  it('is not readable, as verify says: each part with the remedy, and an exit code of its own', async () => {
    const { code, out } = await cli('verify', 'one', '--vault', 'main');
    expect(code).toBe(5);
    expect(out).toMatch(/velero-backup\.json +NOT READABLE/);
    expect(out).toMatch(remedy);
    expect(out).not.toContain('BROKEN');
    expect(out).not.toContain('delete the backup');
  });
});

describe.each(['one.tar.gz', 'one-lifeboat.json.gz'])('with %s in an archive class, a backup', (file) => {
  const key = `backups/one/${file}`;
  beforeAll(() => move(key, 'Archive'));
  afterAll(() => move(key, 'Standard'));

  it('fails a restore at once, with the remedy', async () => {
    expect(await restored('one')).toMatchObject({ phase: 'Failed', reason: expect.stringMatching(remedy) });
  });

  it('fails a copy at once, with the remedy, and nothing of it shows', async () => {
    const { run } = await requestCopy(installation, { backup: 'one', from: 'main', to: 'other' });
    expect(await carryOutCopy(installation, run)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringMatching(remedy),
    });
    expect(
      await (await installation.openVault('other')).head('backups/one/velero-backup.json'),
    ).toBeUndefined();
  });

  it('is not readable in that part, as verify says, and whole in others', async () => {
    const { code, out } = await cli('verify', 'one', '--vault', 'main');
    expect(code).toBe(5);
    expect(out).toMatch(new RegExp(`${file.replace('.', '\\.')} +NOT READABLE`));
    expect(out).toMatch(/one-logs\.gz +(proved|not provable)/);
  });
});

describe('with everything back in a class that is read, a backup', () => {
  it('is restored, copied and proved', async () => {
    expect(await restored('one')).toMatchObject({ phase: 'Completed' });
    const { run } = await requestCopy(installation, { backup: 'one', from: 'main', to: 'other' });
    expect(await carryOutCopy(installation, run)).toMatchObject({ phase: 'Completed' });
    expect((await cli('verify', 'one', '--vault', 'main')).code).toBe(0);
  });
});
