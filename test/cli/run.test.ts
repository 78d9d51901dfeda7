import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import type { BackupRequest } from '../../shared/formats/manifests/run';
import { markOpen } from '../../shared/formats/state/run/open-runs';
import { createRequest } from '../../shared/formats/state/run/requests';
import { claimStart } from '../../shared/formats/state/run/starts';
import { type CliEnd, type StartedMachine, startMachine } from '../harness/started-machine';
import { receiver } from '../shared/operations/notifications/receiver';

// Commands are processes, on machines that may have other work.
jest.setTimeout(60_000);

let started: StartedMachine;
let sandbox: SandboxCluster;

const run = (...parameters: string[]): Promise<CliEnd> => started.lifeboat(parameters);
const cells = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/));

beforeAll(async () => {
  started = await startMachine();
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
  await started.addCluster('a', sandbox.kubeconfig);
  await started.backUp('a', 'done', { includedNamespaces: ['shop'] });
  // Asked for, and its worker never came.
  const { store } = started.machine.installation.state;
  const waiting: BackupRequest = {
    kind: 'BackupRequest',
    metadata: { name: 'waiting' },
    cluster: 'a',
    vault: 'main',
    spec: { includedNamespaces: ['shop'] },
  };
  await markOpen(store, { kind: 'backups', name: 'waiting' });
  await createRequest(store, waiting);
  // No tick makes another start within two minutes.
  await claimStart(store, { kind: 'backups', name: 'waiting' }, 1, 'test');
}, 120_000);

afterAll(async () => {
  await sandbox?.close();
  await started?.close();
});

describe('runs on the command line', () => {
  it('are listed while they are not finished, and all of them on demand', async () => {
    const open = await run('run', 'get');
    expect([open.code, cells(open.out)[0]]).toEqual([
      0,
      ['RUN', 'PHASE', 'CLUSTER', 'STAGE', 'DONE', 'TIME LEFT', 'STARTS', 'REASON'],
    ]);
    expect(cells(open.out).slice(1)).toEqual([['backup/waiting', 'New', 'a', '-', '-', '-', '1', '-']]);
    const all = JSON.parse((await run('run', 'get', '--all', '-o', 'json')).out);
    expect(all.items.map(({ name, phase }: { name: string; phase: string }) => [name, phase])).toEqual([
      ['done', 'Completed'],
      ['waiting', 'New'],
    ]);
  });

  it('show their log, also those that have ended', async () => {
    expect((await run('run', 'logs', 'done')).out).toContain('Backed up a total of');
    expect(await run('run', 'logs', 'backup/waiting')).toMatchObject({
      code: 3,
      err: expect.stringContaining('backup "waiting" has no log yet'),
    });
  });

  it('are cancelled once, and never when they have ended', async () => {
    expect(await run('run', 'cancel', 'waiting')).toEqual({
      code: 0,
      out: 'Ended backup waiting: cancelled by cli\n',
      err: '',
    });
    expect(await run('run', 'cancel', 'waiting')).toMatchObject({ code: 0 });
    expect(await run('run', 'cancel', 'backup/done')).toMatchObject({
      code: 4,
      err: expect.stringContaining('backup "done" has ended already: Completed'),
    });
    expect(await run('run', 'cancel', 'restore/done')).toMatchObject({ code: 3 });
    expect((await run('run', 'get')).err).toBe('No runs yet.\n');
  });
});

describe('notifications on the command line', () => {
  it('are added from standard input, tried and deleted, and show nothing of the target but its host', async () => {
    const ops = await receiver();
    const { host } = new URL(ops.url);
    try {
      const added = await started.lifeboat(
        ['notification', 'add', 'ops', '--type', 'webhook', '--target', '-'],
        {
          input: `${ops.url}/the-token\nthe-secret\n`,
        },
      );
      expect(added).toMatchObject({ code: 0, out: `Notification ops added: webhook at ${host}.\n` });
      expect(await run('notification', 'test', 'ops')).toMatchObject({ code: 0 });
      expect(ops.bodies).toMatchObject([{ data: { title: 'Lifeboat: a test' } }]);
      const shown = await run('notification', 'get', 'ops', '-o', 'yaml');
      expect(shown.out).toContain(`host: ${host}`);
      expect(shown.out + added.err).not.toMatch(/the-token|the-secret|ciphertext/);
      expect(await run('notification', 'delete', 'ops')).toMatchObject({ code: 0 });
      expect(await run('notification', 'test', 'ops')).toMatchObject({ code: 3 });
    } finally {
      await ops.close();
    }
  });

  it('are refused for a URL that is not of their service, in words that quote nothing of it', async () => {
    const { code, err } = await started.lifeboat(
      ['notification', 'add', 'ops', '--type', 'dingtalk', '--target', '-'],
      { input: 'https://example.com/the-token\n' },
    );
    expect(code).toBe(2);
    expect(err).toContain('example.com is not where dingtalk takes messages');
    expect(err).not.toContain('the-token');
  });
});
