import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { addSchedule } from '../../shared/app/schedules/add-schedule';
import { addVault } from '../../shared/app/vaults/add-vault';
import { carryOutBackup } from '../../shared/app/runs/carry-out-backup';
import { carryOutCopy } from '../../shared/app/runs/carry-out-copy';
import { carryOutRestore } from '../../shared/app/runs/carry-out-restore';
import { expireInstallation, expiryPlan } from '../../shared/app/ticks/expire';
import { type Installation, notificationContext } from '../../shared/app/installation';
import { judgedBackup } from '../../shared/app/backups/proved-backup';
import { removeBackup } from '../../shared/app/backups/remove-backup';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { requestCopy } from '../../shared/app/runs/request-copy';
import { retryCopies } from '../../shared/app/runs/retry-copies';
import { runLog } from '../../shared/app/runs/run-log';
import { copyName } from '../../shared/platform/input/names';
import { watchRuns } from '../../shared/operations/notifications/watch-runs';
import { openRuns } from '../../shared/formats/state/run/open-runs';
import { readOrigin } from '../../shared/operations/copy/copy-origin';
import { verifyBackup } from '../../shared/formats/vault/verify/verify-backup';
import { keysOf, openAt, startRegion, vaultAt } from '../shared/app/vaults/vault-fixture';

jest.setTimeout(60_000);

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
const slot = '2026-11-22T02:00:00Z';
const backup = 'nightly-20261122020000';

let near: Awaited<ReturnType<typeof startRegion>>;
let far: Awaited<ReturnType<typeof startRegion>>;
let sandbox: SandboxCluster;
let installation: Installation;
let temporaryDirectory: string;

beforeAll(async () => {
  temporaryDirectory = mkdtempSync(join(tmpdir(), 'lifeboat-vaults-'));
  near = await startRegion('cn-hangzhou', { buckets: [{ name: 'state' }, { name: 'vault' }] });
  far = await startRegion('cn-shanghai', { buckets: [{ name: 'far' }] });
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load(shop);
  installation = await openAt(near);
  await addVault(installation, vaultAt('main', { subdirectory: 'team' }));
  await addVault(
    installation,
    vaultAt('far', { region: 'cn-shanghai', bucket: 'far', endpoint: far.endpoint }),
  );
  await addCluster(installation, { name: 'a', kubeconfig: sandbox.kubeconfig });
});
afterAll(async () => {
  await Promise.all([near?.stop(), far?.stop(), sandbox?.close()]);
  rmSync(temporaryDirectory, { recursive: true, force: true });
});

async function openCopies(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of openRuns(installation.state.store, 'copies')) names.push(name);
  return names;
}
const stateKeys = async (folder: string) =>
  (await keysOf(installation.state.store)).filter((key) => key.startsWith(folder));

async function loseTheShop() {
  const cluster = await installation.openCluster('a');
  try {
    await cluster.request({ method: 'DELETE', path: '/api/v1/namespaces/shop' });
    await sandbox.settled();
  } finally {
    cluster.close();
  }
}

async function priceOfApples(): Promise<unknown> {
  const cluster = await installation.openCluster('a');
  try {
    const path = '/api/v1/namespaces/shop/configmaps/prices';
    const { status, body } = await cluster.request({ method: 'GET', path });
    return status === 200 ? (JSON.parse(body.toString()) as { data: unknown }).data : status;
  } finally {
    cluster.close();
  }
}

describe('a second vault, in another region', () => {
  it('gets a copy of each backup of a schedule; one that fails is reported and asked for again until it is there', async () => {
    await requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name: backup, labels: { 'velero.io/schedule-name': 'nightly' } },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
      schedule: { name: 'nightly', slot, copies: ['far'] },
    });
    const done = await carryOutBackup(installation, { kind: 'backups', name: backup });
    expect(done).toMatchObject({ phase: 'Completed' });

    const first = copyName(backup, 'main', 'far', 1);
    expect(await openCopies()).toEqual([first]);
    expect(await stateKeys('uncopied/')).toEqual([`uncopied/far/${backup}.json`]);
    // A 403 may be over at the next start: what no start can cure ends the copy.
    far.faults.add({
      operation: 'PutObject',
      fault: { kind: 'status', status: 400, code: 'InvalidEncryptionAlgorithmError' },
      count: Number.POSITIVE_INFINITY,
    });
    const failed = await carryOutCopy(installation, { kind: 'copies', name: first });
    expect(failed).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('InvalidEncryptionAlgorithmError'),
    });
    far.faults.clear();
    await watchRuns(notificationContext(installation));
    const [notice] = await stateKeys('notices/');
    expect((await installation.state.store.get(notice!)).body.toString()).toContain(
      `copy ${first} of backup ${backup} from vault main to vault far (copies of schedule nightly to vault far): Failed`,
    );

    expect(await retryCopies(installation)).toEqual({ requested: [], dropped: [], failed: [] });
    const { clock } = installation;
    const inAnHour = { ...clock, now: () => new Date(clock.now().getTime() + 3_601_000) };
    const second = copyName(backup, 'main', 'far', 2);
    expect(await retryCopies({ ...installation, clock: inAnHour })).toMatchObject({ requested: [second] });
    const copied = await carryOutCopy(installation, { kind: 'copies', name: second });
    expect(copied).toMatchObject({ phase: 'Completed', errors: 0 });
    expect(copied!.counts.objects).toBeGreaterThan(8);
    expect(await stateKeys('uncopied/')).toEqual([]);
    expect(await openCopies()).toEqual([]);
  });

  it('holds the backup as it was made, proved object by object, and says where it came from', async () => {
    const store = await installation.openVault('far');
    const origin = await judgedBackup(installation, { vault: 'far', backup });
    expect(origin).toEqual({ verdict: 'proved', by: 'this installation committed it' });
    const verification = await verifyBackup(store, backup, { origin, temporaryDirectory });
    expect(verification).toMatchObject({ proof: 'proved', writer: 'lifeboat' });
    expect(await readOrigin(store, backup)).toMatchObject({
      installation: installation.id,
      from: { vault: 'main', region: 'cn-hangzhou', bucket: 'vault', prefix: 'team/' },
    });
  });

  it('is judged by the rule of the first', async () => {
    const of = async (vault: string) =>
      (await expiryPlan(installation, vault)).find(({ name }) => name === backup);
    const verdict = await of('far');
    expect(verdict).toMatchObject({
      delete: false,
      reason: expect.stringContaining('newest Completed of its schedule and cluster'),
      series: { schedule: 'nightly', cluster: 'a' },
    });
    expect(verdict).toEqual(await of('main'));
    // What others brought there is theirs.
    await installation.state.store.delete([`copied/far/${backup}.json`]);
    expect((await of('far'))?.reason).toBe('kept: it is a copy: it was asked for in vault "main"');
  });

  it('is what the cluster is restored from when the first region is lost', async () => {
    await loseTheShop();
    expect(await priceOfApples()).toBe(404);
    near.faults.add({
      operation: ['GetObject', 'HeadObject', 'ListObjects', 'ListObjectsV2'],
      bucket: 'vault',
      fault: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
      count: Number.POSITIVE_INFINITY,
    });
    await requestRestore(installation, {
      kind: 'RestoreRequest',
      metadata: { name: 'back' },
      cluster: 'a',
      vault: 'far',
      spec: { backupName: backup },
    });
    const result = await carryOutRestore(installation, { kind: 'restores', name: 'back' });
    expect(result).toMatchObject({ phase: 'Completed' });
    expect(await priceOfApples()).toEqual({ apple: '3' });
    near.faults.clear();
  });
});

describe('a read-only vault', () => {
  const readOnly = () => expect.objectContaining({ message: expect.stringContaining('is read-only') });

  it('is restored from; what the restore has to tell goes to the state, and nothing to the vault', async () => {
    await installation.state.vaults.create(
      vaultAt('theirs', {
        region: 'cn-shanghai',
        bucket: 'far',
        endpoint: far.endpoint,
        accessMode: 'ReadOnly',
      }),
    );
    await loseTheShop();
    const before = await keysOf(await installation.openVault('far'));
    const requests = { ...far.requests };
    await requestRestore(installation, {
      kind: 'RestoreRequest',
      metadata: { name: 'from-theirs' },
      cluster: 'a',
      vault: 'theirs',
      spec: { backupName: backup },
    });
    const result = await carryOutRestore(installation, { kind: 'restores', name: 'from-theirs' });
    expect(result).toMatchObject({ phase: 'Completed' });
    expect(await priceOfApples()).toEqual({ apple: '3' });

    expect(await keysOf(await installation.openVault('far'))).toEqual(before);
    for (const [operation, count] of Object.entries(far.requests))
      if (!/^(Get|Head|List)/.test(operation))
        expect([operation, count]).toEqual([operation, requests[operation]]);
    expect(await stateKeys('runs/restores/from-theirs/report/')).toContain(
      'runs/restores/from-theirs/report/restores/from-theirs/restore-from-theirs-results.gz',
    );
    let log = '';
    for await (const piece of runLog(installation, { kind: 'restores', name: 'from-theirs' })) log += piece;
    expect(log).toContain('created configmaps shop/prices');
  });

  it('takes no backup, no copy and no schedule', async () => {
    const request = { kind: 'BackupRequest', cluster: 'a', spec: { includedNamespaces: ['shop'] } };
    await expect(
      requestBackup(installation, { ...request, metadata: { name: 'new' }, vault: 'theirs' }),
    ).rejects.toEqual(readOnly());
    await expect(requestCopy(installation, { backup, from: 'main', to: 'theirs' })).rejects.toEqual(
      readOnly(),
    );
    const spec = { schedule: '0 2 * * *', clusters: ['a'], template: { includedNamespaces: ['shop'] } };
    for (const vaults of [{ vault: 'theirs' }, { vault: 'main', copies: ['theirs'] }])
      await expect(addSchedule(installation, { name: 'new', spec: { ...spec, ...vaults } })).rejects.toEqual(
        readOnly(),
      );
    expect(await stateKeys('runs/backups/new')).toEqual([]);
    expect(await stateKeys('schedules/')).toEqual([]);
  });

  it('is passed over by retention, and nothing is deleted from it by a person either', async () => {
    const { vaults } = await expireInstallation(installation);
    expect(vaults.theirs).toEqual({ passedOver: 'the vault is read-only' });
    for (const verdict of await expiryPlan(installation, 'theirs')) expect(verdict.delete).toBe(false);
    await expect(
      removeBackup(installation, { vault: 'theirs', backup }, { immediately: true }),
    ).rejects.toEqual(readOnly());
  });

  it('is copied from', async () => {
    await addVault(installation, vaultAt('mirror', { subdirectory: 'mirror' }));
    const { run } = await requestCopy(installation, { backup, from: 'theirs', to: 'mirror' });
    expect(await carryOutCopy(installation, run)).toMatchObject({ phase: 'Completed' });
    const mirror = await installation.openVault('mirror');
    const origin = await judgedBackup(installation, { vault: 'mirror', backup });
    expect(await verifyBackup(mirror, backup, { origin, temporaryDirectory })).toMatchObject({
      proof: 'proved',
    });
    // Asked for again, it is there already.
    expect(await requestCopy(installation, { backup, from: 'theirs', to: 'mirror' })).toMatchObject({
      run,
      created: false,
    });
  });
});
