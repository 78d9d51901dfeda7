import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import type { CommandLine } from '../../cli/command-line';
import { backupCommand } from '../../cli/commands/backup';
import { restoreCommand } from '../../cli/commands/restore';
import { clusterCommand } from '../../cli/commands/cluster';
import { notificationCommand } from '../../cli/commands/notification';
import { replicationCommand } from '../../cli/commands/replication';
import { scheduleCommand } from '../../cli/commands/schedule';
import { tokenCommand } from '../../cli/commands/token';
import { vaultCommand } from '../../cli/commands/vault';
import { anApi } from '../shared/api/an-api';
import { start } from './command-in-memory';

/** As it lies in the state; nothing opens its seal here. */
const anOpsNotification = {
  kind: 'Notification',
  metadata: { name: 'ops' },
  spec: {
    type: 'dingtalk',
    host: 'example.com',
    sealedTarget: { version: 1, algorithm: 'AES-256-GCM', keyId: '0', nonce: '0', ciphertext: '0', tag: '0' },
  },
};

describe('a name that is taken', () => {
  it('ends backup create with a conflict and the time of the earlier request', async () => {
    const { run } = await start();
    const create = 'create one --include-namespaces shop --cluster a --vault main';
    expect((await run(create, backupCommand)).notes).toContain(
      'Backup one of cluster a to vault main requested.',
    );
    await expect(run(create, backupCommand)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/^backup "one" was asked for already, at \d{4}-\d\d-\d\dT[\d:]+Z$/),
      hint: expect.stringContaining('--if-absent'),
    });
    await expect(
      run('create one --include-namespaces other --cluster a --vault main --if-absent', backupCommand),
    ).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/with another request, at 2/),
    });
  });

  it('is taken on purpose with --if-absent', async () => {
    const { run } = await start();
    const create = 'create one --include-namespaces shop --cluster a --vault main --if-absent';
    expect((await run(create, backupCommand)).notes).toContain('requested.');
    expect((await run(create, backupCommand)).notes).toContain('was asked for already.');
  });

  it('ends restore create and restore plan with a conflict', async () => {
    const { run, installation } = await start();
    const vault = await installation.openVault('main');
    await vault.put('backups/one/velero-backup.json', Buffer.from('{}'));
    const create = 'create back --from-backup one --cluster a --vault main';
    expect((await run(create, restoreCommand)).notes).toContain('requested.');
    await expect(run(create, restoreCommand)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('restore "back" was asked for already, at 2'),
    });
    expect((await run(`${create} --if-absent`, restoreCommand)).notes).toContain('was asked for already.');
    const { requestPlan } = await import('../../shared/app/runs/request');
    const planned = { cluster: 'a', vault: 'main', spec: { backupName: 'one' }, metadata: { name: 'p' } };
    await requestPlan(installation, { kind: 'PlanRequest', ...planned });
    await expect(
      run('plan p --from-backup one --cluster a --vault main', restoreCommand),
    ).rejects.toMatchObject({ kind: 'conflict', hint: expect.stringContaining('lifeboat restore plan p') });
  });
});

describe('the name of something registered that is taken', () => {
  /** Files that the commands read. */
  const file = (name: string, text: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'taken-')), name);
    writeFileSync(path, text);
    return path;
  };

  it.each<[string, (line: CommandLine) => Command, string, string?]>([
    [
      'schedule',
      scheduleCommand,
      'create one --schedule @daily --cluster a --vault main --include-namespaces shop',
      'create one --schedule 6h --cluster b --vault main --include-namespaces bank',
    ],
    [
      'replication',
      replicationCommand,
      'create one --from a --to b --vault main --policy seed',
      'create one --from a --to b --vault main --policy mirror --include-namespaces bank',
    ],
    ['token', tokenCommand, 'create one', 'create one --role admin'],
  ])('ends a second %s with a conflict, and the first stays as it is', async (word, make, command, other) => {
    const { run, bucket } = await start();
    await run(command, make);
    const before = bucket.keys().map((key) => [key, bucket.objects.get(key)?.body]);
    for (const again of [command, other ?? command]) {
      await expect(run(again, make)).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(`${word} "one" exists already`),
      });
    }
    expect(bucket.keys().map((key) => [key, bucket.objects.get(key)?.body])).toEqual(before);
  });

  it('ends a second cluster, vault and notification with a conflict before anything is looked at', async () => {
    const { run, state, bucket } = await start();
    bucket.write('state/notifications/ops.json', Buffer.from(JSON.stringify(anOpsNotification)));
    expect((await state.notifications.list()).unreadable).toEqual([]);
    const before = bucket.keys();
    await expect(
      run(`add a --kubeconfig ${file('kubeconfig', 'no kubeconfig')}`, clusterCommand),
    ).rejects.toMatchObject({ kind: 'conflict', message: 'cluster "a" exists already' });
    await expect(
      run('add main --bucket another-bucket --region cn-hangzhou', vaultCommand),
    ).rejects.toMatchObject({ kind: 'conflict', message: 'vault "main" exists already' });
    await expect(
      run(`add ops --type dingtalk --target ${file('target', 'https://example.com/x')}`, notificationCommand),
    ).rejects.toMatchObject({ kind: 'conflict', message: 'notification "ops" exists already' });
    expect(bucket.keys()).toEqual(before);
  });
});

describe('the name of a plan, a schedule, a rule or a copy over HTTP', () => {
  const plan = { metadata: { name: 'one' }, cluster: 'a', vault: 'main', spec: { backupName: 'b' } };
  const rule = {
    metadata: { name: 'one' },
    spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
  };
  const template = { includedNamespaces: ['shop'] };
  const schedule = {
    metadata: { name: 'one' },
    spec: { schedule: '6h', clusters: ['a'], vault: 'main', template },
  };

  it.each([
    ['/replications', rule, 409],
    ['/schedules', schedule, 409],
    ['/plans', plan, 200],
  ])('is taken: POST %s again is answered so', async (path, body, again) => {
    const { call, vault } = await anApi();
    await vault.put('backups/b/velero-backup.json', Buffer.from('{}'));
    expect((await call('POST', path, { body })).status).toBeLessThan(300);
    const second = await call('POST', path, { body });
    expect(second.status).toBe(again);
    if (again === 200) expect(second.body).toMatchObject({ created: false });
    const other = { ...body, spec: { ...body.spec, paused: true } };
    const differing = path === '/plans' ? { ...body, cluster: 'b' } : other;
    expect((await call('POST', path, { body: differing })).status).toBe(409);
  });

  it('is told of a copy that was asked for before: 200 and created false', async () => {
    const { call, vault, installation } = await anApi();
    await vault.put('backups/b/velero-backup.json', Buffer.from('{}'));
    const spec = { region: 'cn-hangzhou', bucket: 'second-place' };
    await installation.state.vaults.create({ kind: 'Vault', metadata: { name: 'second' }, spec });
    const body = { backup: 'b', from: 'main', to: 'second' };
    expect(await call('POST', '/copies', { body })).toMatchObject({ status: 202, body: { created: true } });
    expect(await call('POST', '/copies', { body })).toMatchObject({ status: 200, body: { created: false } });
  });
});
