import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SandboxCluster } from '../../local/cluster/server';
import type { FcHost } from '../../local/fc/fc-host';
import type { Installation } from '../../shared/app/installation';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { parseBackupRequest } from '../../shared/formats/manifests/request';
import { createRequest } from '../../shared/formats/state/run/requests';
import { requestCopy } from '../../shared/app/runs/request-copy';
import { instant } from '../../shared/formats/manifests/instant';
import { findRun, type Run } from '../../shared/formats/state/run/runs';
import { type HostedLifeboat, person, role, startHostedLifeboat } from '../harness/hosted-lifeboat';

// Each test starts processes, on machines that may have other work.
jest.setTimeout(120_000);

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: sales}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop}
data: {apple: "3"}
---
apiVersion: v1
kind: Secret
metadata: {name: till, namespace: shop}
stringData: {pin: "secret-pin-of-the-till"}
`;

let lifeboat: HostedLifeboat;
let host: FcHost;
let a: SandboxCluster;
let b: SandboxCluster;
let installation: Installation;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({ duplicate: () => true });
  ({ host, a, b, installation } = lifeboat);
  await a.load(shop);
});
afterAll(() => lifeboat?.close());

async function runOf(kind: Run['kind'], name: string): Promise<Run> {
  return (await findRun(installation.state.store, { kind, name }))!;
}

function backupOf(name: string, spec: object = { includedNamespaces: ['shop'] }) {
  return { kind: 'BackupRequest', metadata: { name }, cluster: 'a', vault: 'main', spec };
}

/** What the functions said when something went wrong, for the message of a failed test. */
function errors(): unknown[] {
  return lifeboat.finished.flatMap(({ functionName, outcome }) =>
    outcome.error ? [{ functionName, ...outcome.error }] : [],
  );
}

describe('the functions, hosted as Function Compute does and delivered twice', () => {
  it('back a namespace up and restore it after it was lost', async () => {
    const asked = await requestBackup(installation, backupOf('shop-1'));
    expect(asked).toMatchObject({ created: true, started: true });
    await host.idle();
    expect(errors()).toEqual([]);
    expect((await runOf('backups', 'shop-1')).result).toMatchObject({ phase: 'Completed', attempts: 1 });

    const cluster = await installation.openCluster('a');
    try {
      await cluster.request({ method: 'DELETE', path: '/api/v1/namespaces/shop' });
      await a.settled();
      expect((await cluster.request({ method: 'GET', path: '/api/v1/namespaces/shop' })).status).toBe(404);
      await requestRestore(installation, {
        kind: 'RestoreRequest',
        metadata: { name: 'shop-back' },
        cluster: 'a',
        vault: 'main',
        spec: { backupName: 'shop-1' },
      });
      await host.idle();
      expect(errors()).toEqual([]);
      expect((await runOf('restores', 'shop-back')).result).toMatchObject({ phase: 'Completed' });
      const prices = await cluster.request({
        method: 'GET',
        path: '/api/v1/namespaces/shop/configmaps/prices',
      });
      expect(JSON.parse(prices.body.toString())).toMatchObject({ data: { apple: '3' } });
    } finally {
      cluster.close();
    }
    const open = [];
    for await (const page of installation.state.store.list('open/')) open.push(...page.objects);
    expect(open).toEqual([]);
  });

  it('copy a backup to another vault, also when Function Compute delivers the start twice', async () => {
    await installation.state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'second' },
      spec: { region: 'cn-hangzhou', bucket: 'lifeboat-vault', subdirectory: 'second' },
    });
    const { run, started } = await requestCopy(installation, {
      backup: 'shop-1',
      from: 'main',
      to: 'second',
    });
    expect(started).toBe(true);
    await host.idle();
    expect(errors()).toEqual([]);
    expect((await runOf('copies', run.name)).result).toMatchObject({ phase: 'Completed', attempts: 1 });
    const [from, to] = [await installation.openVault('main'), await installation.openVault('second')];
    const manifest = 'backups/shop-1/velero-backup.json';
    expect((await to.get(manifest)).body).toEqual((await from.get(manifest)).body);
  });

  it('leave a run that has its result alone', async () => {
    const before = await runOf('backups', 'shop-1');
    const { body } = await host.invoke('lifeboat-backup', { kind: 'backups', name: 'shop-1' });
    expect(JSON.parse(body!.toString())).toEqual({ name: 'shop-1', phase: 'Completed' });
    expect(await runOf('backups', 'shop-1')).toEqual(before);
  });

  it('refuse a worker event for another worker, and one for a run that nobody asked for', async () => {
    const wrong = await host.invoke('lifeboat-restore', { kind: 'backups', name: 'shop-1' });
    expect(wrong.error?.errorMessage).toContain('is for another worker');
    const unknown = await host.invoke('lifeboat-backup', { kind: 'backups', name: 'nobody' });
    expect(unknown.error?.errorMessage).toContain('nobody asked for backup "nobody"');
  });

  it('end a run that cannot succeed as failed, with the reason', async () => {
    await b.load('apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n');
    const vault = await installation.openVault('main');
    await vault.put('backups/taken/taken-logs.gz', Buffer.from('somebody else'));
    await expect(requestBackup(installation, backupOf('taken'))).rejects.toMatchObject({ kind: 'conflict' });
    // As where somebody puts it there after the request.
    await createRequest(installation.state.store, parseBackupRequest(backupOf('taken')));
    await host.invoke('lifeboat-backup', { kind: 'backups', name: 'taken' });
    const { result } = await runOf('backups', 'taken');
    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('taken') });
  });

  it('restore what lands into another cluster by rule, once for all deliveries of the event', async () => {
    await installation.state.replications.create({
      kind: 'Replication',
      metadata: { name: 'standby' },
      spec: { source: { vault: 'main', cluster: 'a', namespaces: ['shop'] }, targets: ['b'], policy: 'seed' },
    });
    await requestBackup(installation, backupOf('shop-2'));
    await host.idle();
    expect(errors()).toEqual([]);
    const cluster = await installation.openCluster('b');
    const prices = await cluster.request({
      method: 'GET',
      path: '/api/v1/namespaces/shop/configmaps/prices',
    });
    cluster.close();
    expect(JSON.parse(prices.body.toString())).toMatchObject({ data: { apple: '3' } });
    const restores = new Set<string>();
    for await (const page of installation.state.store.list('runs/restores/standby-', { delimiter: '/' })) {
      for (const prefix of page.prefixes) restores.add(prefix);
    }
    expect([...restores]).toHaveLength(1);
  });

  it('make one backup for a slot however many ticks there are, and start again what was lost', async () => {
    const now = new Date();
    await installation.state.schedules.create({
      kind: 'Schedule',
      metadata: { name: 'each-minute' },
      spec: {
        schedule: '* * * * *',
        clusters: ['a'],
        vault: 'main',
        startAt: instant(new Date(now.getTime() - 90_000)),
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'] },
      },
    });
    for (let i = 0; i < 2; i += 1) host.fireTimer('every-minute');
    await host.idle();
    expect(errors()).toEqual([]);
    const made: Run[] = [];
    for await (const page of installation.state.store.list('runs/backups/each-minute-', { delimiter: '/' })) {
      for (const prefix of page.prefixes) made.push(await runOf('backups', prefix.split('/')[2]!));
    }
    // The minute may have turned between two ticks.
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(made.length).toBeLessThanOrEqual(2);
    for (const run of made) expect(run).toMatchObject({ phase: 'Completed', starts: 1 });
    await installation.state.schedules.remove('each-minute');
  });

  it('let a backup go whose time is over, and keep the others', async () => {
    await requestBackup(installation, backupOf('brief', { includedNamespaces: ['shop'], ttl: '1s' }));
    await host.idle();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    host.fireTimer('every-hour');
    await host.idle();
    expect(errors()).toEqual([]);
    const vault = await installation.openVault('main');
    expect(await vault.head('backups/brief/velero-backup.json')).toBeUndefined();
    expect(await vault.head('backups/shop-2/velero-backup.json')).toBeDefined();
  });

  it('serve the HTTP API', async () => {
    const headers = { authorization: `Bearer ${host.apiToken}`, 'content-type': 'application/json' };
    const { kind: _, ...body } = backupOf('shop-3');
    const posted = await fetch(`${host.apiUrl}/backups`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect([posted.status, posted.headers.get('location')]).toEqual([202, '/backups/shop-3']);
    await host.idle();
    const shown = await fetch(`${host.apiUrl}/backups/shop-3`, { headers });
    expect(await shown.json()).toMatchObject({ phase: 'Completed', result: { phase: 'Completed' } });
    expect((await fetch(`${host.apiUrl}/backups/nobody`, { headers })).status).toBe(404);
    expect((await fetch(`${host.apiUrl}/health`, { headers })).status).toBe(200);
  });

  it('leave neither a token nor a key in any byte of the state, nor in a log', async () => {
    const secrets = [a, b].flatMap(({ token }) => [token, Buffer.from(token).toString('base64')]);
    secrets.push(role.accessKeySecret, role.securityToken, person.accessKeySecret, 'secret-pin-of-the-till');
    let read = 0;
    for (const entry of await readdir(lifeboat.directory, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      // The vault's archives hold the Secrets, and are gzipped.
      if (!entry.isFile() || path.includes('lifeboat-vault')) continue;
      const bytes = await readFile(path);
      read += 1;
      for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
    }
    expect(read).toBeGreaterThan(20);
    for (const secret of secrets) expect(lifeboat.lines.join('\n')).not.toContain(secret);
  });
});
