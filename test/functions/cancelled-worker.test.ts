import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { addNotification } from '../../shared/app/add-notification';
import { requestBackup } from '../../shared/app/runs/request';
import { findRun } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { type HostedLifeboat, startHostedLifeboat } from '../harness/hosted-lifeboat';
import { receiver } from '../shared/operations/notifications/receiver';

// Each test starts processes, on machines that may have other work.
jest.setTimeout(120_000);

let lifeboat: HostedLifeboat;
let ops: Awaited<ReturnType<typeof receiver>>;

beforeAll(async () => {
  lifeboat = await startHostedLifeboat({ duplicate: () => false });
  await lifeboat.a.load('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
  ops = await receiver();
  await addNotification(lifeboat.installation, {
    name: 'ops',
    type: 'webhook',
    target: { url: ops.url, secret: 'secret-of-ops' },
  });
});
afterAll(async () => {
  await ops?.close();
  await lifeboat?.close();
});

const api = (method: string, path: string, body?: object) =>
  fetch(`${lifeboat.host.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${lifeboat.host.apiToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

async function ask(name: string): Promise<void> {
  await requestBackup(lifeboat.installation, {
    kind: 'BackupRequest',
    metadata: { name },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['shop'] },
  });
}

const titles = () => ops.bodies.map((body) => (body as { data: { title: string } }).data.title);

describe('a worker on the FC host', () => {
  it('shows its log while it works, and stops when its run is cancelled, leaving nothing in the vault', async () => {
    const { oss, host, installation } = lifeboat;
    const fault = oss.faults.add({
      operation: 'UploadPart',
      fault: { kind: 'stall-before-headers', beforeCommit: true },
    });
    await ask('shop-1');
    while (fault.hits === 0) await systemClock.sleep(20);
    let log = '';
    while (!log.includes('level=info')) {
      await systemClock.sleep(200);
      log = await (await api('GET', '/backups/shop-1/log')).text();
    }
    expect(log).toContain('backup=velero/shop-1');

    const answer = await api('POST', '/backups/shop-1/cancel', {});
    expect([answer.status, await answer.json()]).toMatchObject([202, { phase: 'InProgress', live: true }]);
    await host.idle();
    fault.remove();
    expect(await findRun(installation.state.store, { kind: 'backups', name: 'shop-1' })).toMatchObject({
      phase: 'Failed',
      result: { cancelled: true, reason: expect.stringMatching(/^cancelled by /) },
    });
    const vault = await installation.openVault('main');
    const left: string[] = [];
    for await (const page of vault.list('backups/shop-1/')) left.push(...page.objects.map(({ key }) => key));
    expect(left).toEqual([]);
    const unfinished: string[] = [];
    for await (const { key } of vault.uploads('')) unfinished.push(key);
    expect(unfinished).toEqual([]);
    host.fireTimer('every-minute');
    await host.idle();
    expect(titles()).toEqual([]);
    expect((await (await api('GET', '/health')).json()) as object).toMatchObject({ status: 'ok' });
  });

  it('fails, and people are told by the next tick, once', async () => {
    const { host, installation } = lifeboat;
    // A seal that was moved to another name does not open.
    await installation.state.store.put(
      'clusters/b.json',
      Buffer.from(
        (await installation.state.store.get('clusters/a.json')).body
          .toString()
          .replace('"name": "a"', '"name": "b"'),
      ),
    );
    await requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name: 'shop-2' },
      cluster: 'b',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    await host.idle();
    for (let n = 0; n < 3; n += 1) host.fireTimer('every-minute');
    await host.idle();
    expect(titles()).toEqual(['Lifeboat: backup shop-2 failed']);
    expect(JSON.stringify(ops.bodies)).toContain('does not open');
    expect(lifeboat.lines.join('\n')).not.toContain('secret-of-ops');
  });

  it('that FC could not carry out is told by the function that tells', async () => {
    const { host } = lifeboat;
    host.send('lifeboat-retention-expiry', 'no event of a timer');
    await host.idle();
    expect(titles().slice(1)).toEqual(['Lifeboat: function lifeboat-retention-expiry failed']);
  });
});
