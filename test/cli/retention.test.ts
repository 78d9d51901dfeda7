import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { load } from 'js-yaml';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { type CliEnd, type StartedMachine, startMachine } from '../harness/started-machine';

// Commands are processes, on machines that may have other work.
jest.setTimeout(60_000);

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: prices, namespace: shop}
data: {apple: "3"}
`;

let started: StartedMachine;
let sandbox: SandboxCluster;

const run = (...parameters: string[]): Promise<CliEnd> => started.lifeboat(parameters);

beforeAll(async () => {
  started = await startMachine();
  sandbox = await startSandboxCluster({ name: 'a' });
  await sandbox.load(manifests);
  await started.addCluster('a', sandbox.kubeconfig);
  const spec = { includedNamespaces: ['shop'] };
  await started.backUp('a', 'brief', { ...spec, ttl: '1s' });
  await started.backUp('a', 'long', { ...spec, ttl: '720h' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}, 120_000);

afterAll(async () => {
  await sandbox?.close();
  await started?.close();
});

/** What the ticks of this machine change by themselves. */
const ofTicks = /^(heartbeat\.json$|(ended|notices|outbox|alarms)\/)/;

async function objects(): Promise<string[]> {
  const { installation } = started.machine;
  const found: string[] = [];
  for (const store of [installation.state.store, await installation.openVault('main')])
    for await (const page of store.list(''))
      found.push(
        ...page.objects.filter(({ key }) => !ofTicks.test(key)).map(({ key, etag }) => `${key} ${etag}`),
      );
  return found;
}

describe('retention on the command line', () => {
  it('plans what goes and what stays, each with its reason, and changes nothing', async () => {
    const before = await objects();
    const { code, out } = await run('retention', 'plan');
    expect(code).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {3,}/));
    expect(lines[0]).toEqual(['NAME', 'VAULT', 'AGE', 'ITEMS', 'VERDICT', 'REASON']);
    expect(lines[1]).toEqual([
      'brief',
      'main',
      expect.any(String),
      expect.any(String),
      'delete',
      expect.stringMatching(/^its TTL ended \d{4}-/),
    ]);
    expect(lines[2]).toEqual([
      'long',
      'main',
      expect.any(String),
      expect.any(String),
      'keep',
      expect.stringMatching(/^TTL until \d{4}-/),
    ]);
    const expected = {
      items: [
        expect.objectContaining({ vault: 'main', name: 'brief', delete: true }),
        expect.objectContaining({ name: 'long', delete: false, reason: expect.stringMatching(/^kept: TTL/) }),
      ],
    };
    expect(JSON.parse((await run('retention', 'plan', '-o', 'json', '--vault', 'main')).out)).toEqual(
      expected,
    );
    expect(load((await run('retention', 'plan', '-o', 'yaml')).out)).toMatchObject({
      items: [{ name: 'brief' }, { name: 'long' }],
    });
    expect(await objects()).toEqual(before);
  });

  it('holds a backup against everyone, tells what a Velero would do, and releases it', async () => {
    const held = await run('backup', 'hold', 'brief', '--reason', 'case 7');
    expect(held).toMatchObject({ code: 0, out: 'Backup brief is under legal hold.\n' });
    expect(held.err).toContain('accessMode: ReadOnly');
    expect((await run('retention', 'plan')).out).toContain('under legal hold');
    expect(await run('backup', 'delete', 'brief', '--yes')).toEqual({
      code: 4,
      out: '',
      err:
        'error: backup "brief" is under legal hold: case 7\n' +
        'hint:  end the hold first with `lifeboat backup release brief`\n',
    });
    expect((await run('backup', 'release', 'brief')).out).toBe('Backup brief is released.\n');
    expect((await run('backup', 'release', 'brief')).out).toBe('Backup brief was under no legal hold.\n');
    expect((await run('backup', 'delete', 'brief', '--yes')).code).toBe(0);
  });

  it('accepts a backup, and names one that is not there', async () => {
    expect((await run('backup', 'accept', 'long')).out).toBe('Backup long is accepted.\n');
    expect((await run('backup', 'accept', 'long')).out).toBe('Backup long was accepted already.\n');
    expect(await run('backup', 'accept', 'none')).toMatchObject({ code: 3 });
    expect(await run('backup', 'hold', 'long', '--reason', ' ')).toMatchObject({
      code: 2,
      err: expect.stringContaining('is empty'),
    });
  });

  it('makes schedules with rules, and refuses rules that keep nothing or cannot be', async () => {
    const create = (...rules: string[]) =>
      run(
        'schedule',
        'create',
        'nightly',
        '--schedule',
        '0 2 * * *',
        '--include-namespaces',
        'shop',
        ...rules,
      );
    for (const [rules, fault] of [
      [['--keep-daily', '0'], 'spec.retention.keepDaily keeps nothing'],
      [['--keep-last', '-3'], 'spec.retention.keepLast is not a count'],
      [['--keep-last', 'many'], '"many" is not a whole number'],
      [['--keep-within', '0d'], 'spec.retention.keepWithin keeps nothing'],
      [['--keep-within', '2w'], 'spec.retention.keepWithin is not a span'],
      [['--keep-often', '1'], "unknown option '--keep-often'"],
    ] as const) {
      const { code, err } = await create(...rules);
      expect([rules, code]).toEqual([rules, 2]);
      expect(err).toContain(fault);
    }
    const made = await create('--keep-daily', '7', '--keep-within', '14d', '--ttl', '24h');
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining('for its TTL, 24h') });
    expect(JSON.parse((await run('schedule', 'get', 'nightly', '-o', 'json')).out)).toMatchObject({
      spec: { retention: { keepDaily: 7, keepWithin: '14d' } },
    });
    const edited = await run('schedule', 'edit', 'nightly', '--keep-weekly', '4');
    expect(edited).toMatchObject({ code: 0, err: expect.stringContaining('retention plan') });
    expect(JSON.parse((await run('schedule', 'get', 'nightly', '-o', 'json')).out).spec.retention).toEqual({
      keepWeekly: 4,
    });
  });
});
