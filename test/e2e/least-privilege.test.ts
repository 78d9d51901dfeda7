import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bareApi, bareAnswer, bareRequest } from '../../local/proof/bare-api';
import { functionNames } from '../../shared/app/deploy/functions';
import { policies } from '../../shared/app/deploy/policies';
import { fcClient } from '../../shared/app/fc/dispatcher';
import { addNotification } from '../../shared/app/add-notification';
import type { VaultExpiry } from '../../shared/app/ticks/expire';
import { instant } from '../../shared/formats/manifests/instant';
import type { RunKind } from '../../shared/formats/manifests/run';
import { createRequest } from '../../shared/formats/state/run/requests';
import { findRun, runNames } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { credentialsOf, type HostedLifeboat, startHostedLifeboat } from '../harness/hosted-lifeboat';
import { SignedClient } from '../local/oss/signed-client';
import { whoMay, whoStarts } from './least-privilege/who-may';
import { receiver } from '../shared/operations/notifications/receiver';

// Functions are processes, on machines that may have other work.
jest.setTimeout(180_000);

const day = 86_400_000;
const place = { accountId: '1000000000000001', region: 'cn-hangzhou' };
const generated = policies({
  state: { bucket: 'lifeboat-state', prefix: 'lifeboat' },
  vaults: [
    { bucket: 'lifeboat-vault', prefix: 'team' },
    { bucket: 'lifeboat-vault', prefix: 'second' },
  ],
  ...place,
});

let lifeboat: HostedLifeboat;
let ops: Awaited<ReturnType<typeof receiver>>;
/** How far OSS's clock is ahead of those of the functions. */
let ahead = 0;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({
    duplicate: () => false,
    ossClock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
    policyOf: (functionName) => generated[functionName],
  });
  ops = await receiver();
  await addNotification(lifeboat.installation, {
    name: 'ops',
    type: 'webhook',
    target: { url: ops.url, secret: 'secret-of-ops' },
  });
  await lifeboat.installation.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'second' },
    spec: { region: 'cn-hangzhou', bucket: 'lifeboat-vault', subdirectory: 'second' },
  });
  await lifeboat.a.load(
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n' +
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prices, namespace: shop}\ndata: {apple: "3"}\n',
  );
});
afterAll(async () => {
  await ops?.close();
  await lifeboat?.close();
});

const api = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${lifeboat.host.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${lifeboat.host.apiToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
};
/** Nothing failed, and no policy refused anything: not even what is caught and passed over. */
function expectNoRefusal(): void {
  const failed = lifeboat.finished.flatMap(({ functionName, outcome }) =>
    outcome.error ? [{ functionName, ...outcome.error }] : [],
  );
  expect({ failed, denials: lifeboat.oss.denials }).toEqual({ failed: [], denials: [] });
}
async function ticked(timer: 'every-minute' | 'every-hour') {
  lifeboat.finished.length = 0;
  lifeboat.host.fireTimer(timer);
  await lifeboat.host.idle();
  const own = timer === 'every-hour' ? 'lifeboat-retention-expiry' : 'lifeboat-scheduled-backup';
  const { outcome } = lifeboat.finished.find(({ functionName }) => functionName === own)!;
  return JSON.parse(outcome.body!.toString()) as { vaults: Record<string, VaultExpiry> };
}
const phaseOf = async (kind: RunKind, name: string) =>
  (await findRun(lifeboat.installation.state.store, { kind, name }))?.phase;

describe('every function, with credentials that may do what its generated policy allows', () => {
  it('backs up for a caller over HTTP, and restores by a rule what lands', async () => {
    await lifeboat.installation.state.replications.create({
      kind: 'Replication',
      metadata: { name: 'standby' },
      spec: {
        source: { cluster: 'a', vault: 'main' },
        targets: ['b'],
        policy: 'seed',
      },
    });
    const asked = await api('POST', '/backups', {
      metadata: { name: 'by-hand' },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'], ttl: '24h' },
    });
    expect(asked).toMatchObject({ status: 202 });
    await lifeboat.host.idle();
    expect(await phaseOf('backups', 'by-hand')).toBe('Completed');
    const restores = await runNames(lifeboat.installation.state.store, 'restores');
    expect(restores).toHaveLength(1);
    expect(await phaseOf('restores', restores[0]!)).toBe('Completed');
    const there = await bareAnswer(
      bareApi(lifeboat.b.kubeconfig),
      'GET',
      '/api/v1/namespaces/shop/configmaps/prices',
    );
    expect(there.status).toBe(200);
    for (const path of ['/backups/by-hand', '/schedules', '/replications', '/health'])
      expect([path, (await api('GET', path)).status]).toEqual([path, 200]);
    expectNoRefusal();
  });

  it('restores what was lost for a caller over HTTP', async () => {
    await bareRequest(bareApi(lifeboat.a.kubeconfig), 'DELETE', '/api/v1/namespaces/shop');
    await lifeboat.a.settled();
    const asked = await api('POST', '/restores', {
      metadata: { name: 'back' },
      cluster: 'a',
      vault: 'main',
      spec: { backupName: 'by-hand' },
    });
    expect(asked).toMatchObject({ status: 202 });
    await lifeboat.host.idle();
    expect(await phaseOf('restores', 'back')).toBe('Completed');
    expectNoRefusal();
  });

  it('backs up by schedule, and copies the backup to another vault', async () => {
    await lifeboat.installation.state.schedules.create({
      kind: 'Schedule',
      metadata: { name: 'hourly' },
      spec: {
        schedule: '1h',
        clusters: ['a'],
        vault: 'main',
        copies: ['second'],
        startAt: instant(new Date(Date.now() - 90 * 60_000)),
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'], ttl: '24h' },
      },
    });
    await ticked('every-minute');
    const [made] = (await runNames(lifeboat.installation.state.store, 'backups')).filter((name) =>
      name.startsWith('hourly-'),
    );
    expect(await phaseOf('backups', made!)).toBe('Completed');
    const copies = await runNames(lifeboat.installation.state.store, 'copies');
    expect(copies).toHaveLength(1);
    expect(await phaseOf('copies', copies[0]!)).toBe('Completed');
    await ticked('every-minute');
    expect((await api('POST', '/schedules/hourly/skip', {})).status).toBeLessThan(500);
    expectNoRefusal();
  });

  it('ends what a caller cancels', async () => {
    const fault = lifeboat.oss.faults.add({
      operation: 'UploadPart',
      fault: { kind: 'stall-before-headers', beforeCommit: true },
    });
    await api('POST', '/backups', {
      metadata: { name: 'unwanted' },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    for (let n = 0; fault.hits === 0 && n < 1_500; n += 1) await systemClock.sleep(20);
    expect((await api('POST', '/backups/unwanted/cancel', {})).status).toBeLessThan(300);
    await lifeboat.host.idle();
    fault.remove();
    expect(await phaseOf('backups', 'unwanted')).toBe('Failed');
    await ticked('every-minute');
    expectNoRefusal();
  });

  it('ends by the next tick what a caller cancels that no worker is at', async () => {
    const { store } = lifeboat.installation.state;
    await createRequest(store, {
      kind: 'BackupRequest',
      metadata: { name: 'never-started' },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    expect((await api('POST', '/backups/never-started/cancel', {})).status).toBe(202);
    expect(await phaseOf('backups', 'never-started')).toBe('New');
    await ticked('every-minute');
    const ended = await findRun(store, { kind: 'backups', name: 'never-started' });
    expect(ended).toMatchObject({ phase: 'Failed', starts: 0, result: { cancelled: true } });
    expect((await api('POST', '/backups/never-started/cancel', {})).status).toBe(200);
    await ticked('every-minute');
    expectNoRefusal();
  });

  it('lets a backup expire, its content after a day, and what runs left behind after 35', async () => {
    ahead += 40 * day;
    const first = await ticked('every-hour');
    expect(first.vaults.main).toMatchObject({ failed: [], expired: [{ name: 'by-hand' }] });
    ahead += 2 * day;
    const second = await ticked('every-hour');
    expect(second.vaults.main).toMatchObject({
      failed: [],
      deletions: [{ backup: 'by-hand', state: 'deleted' }],
    });
    const left: string[] = [];
    for await (const page of (await lifeboat.installation.openVault('main')).list('backups/by-hand/'))
      left.push(...page.objects.map(({ key }) => key));
    expect(left).toEqual([]);
    await ticked('every-minute');
    ahead += 2 * day;
    await ticked('every-hour');
    expectNoRefusal();
  });

  it('tells of an invocation that Function Compute gave up', async () => {
    lifeboat.finished.length = 0;
    lifeboat.host.send('lifeboat-cross-cluster-restore', 'no event');
    await lifeboat.host.idle();
    expect(lifeboat.finished.map(({ functionName, outcome }) => [functionName, !outcome.error])).toEqual([
      ['lifeboat-cross-cluster-restore', false],
      ['lifeboat-notify', true],
    ]);
    expect(lifeboat.oss.denials).toEqual([]);
    expect(ops.bodies.map((body) => (body as { data: { title: string } }).data.title)).toContain(
      'Lifeboat: function lifeboat-cross-cluster-restore failed',
    );
  });
});

describe('a function that does more than its work', () => {
  it.each(functionNames)('is refused by OSS: %s', async (name) => {
    const { oss } = lifeboat;
    const client = new SignedClient({
      server: oss,
      credentials: credentialsOf(`lifeboat-${name}`),
      now: () => new Date(Date.now() + ahead),
    });
    const wrong: string[] = [];
    let refused = 0;
    for (const [method, place, who, query] of whoMay) {
      const [bucket, ...path] = place.split('/');
      const { status, text } = await client.send({
        method,
        bucket: `lifeboat-${bucket}`,
        key: path.length > 0 ? path.join('/') : undefined,
        query,
        ...(method === 'PUT' && { body: '{}' }),
      });
      const denied = status === 403 && text.includes('<Code>AccessDenied</Code>');
      if (denied) refused += 1;
      if (denied === who.includes(name)) wrong.push(`${method} ${place} ${JSON.stringify(query)}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(20);
  });

  it.each(functionNames)('is refused by Function Compute: %s', async (name) => {
    const client = await fcClient({
      ...place,
      credentials: async () => credentialsOf(`lifeboat-${name}`),
      endpoint: lifeboat.host.endpoint,
    });
    // Too long to be taken, which is looked at after the right to start it.
    const tooLong = 'x'.repeat(140 * 1024);
    for (const other of functionNames) {
      const answer = await client
        .post(`/functions/lifeboat-${other}/invocations`, tooLong, { 'x-fc-invocation-type': 'Async' }, {})
        .catch((error: Error) => error);
      const status = /failed with (\d{3})/.exec((answer as Error).message)?.[1];
      expect([name, other, status]).toEqual([name, other, whoStarts[name]!.includes(other) ? '413' : '403']);
    }
  });
});
