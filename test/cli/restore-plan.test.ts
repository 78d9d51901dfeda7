import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import type { CommandLine } from '../../cli/command-line';
import { replicationCommand } from '../../cli/commands/replication';
import { restoreCommand } from '../../cli/commands/restore';
import { carryOutPlan } from '../../shared/app/runs/carry-out-plan';
import type { PlanRequest } from '../../shared/formats/manifests/run';
import type { PlannedObject } from '../../shared/operations/restore/plan/planned-object';
import { createRequest } from '../../shared/formats/state/run/requests';
import { findRun } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { transcriptsOf, withoutWhatChanges } from '../harness/transcripts';
import {
  sharedBucket,
  startTestCluster,
  type TestCluster,
  type TestInstallation,
  testInstallation,
} from '../shared/app/replications/replicating-installations';

const maps = '/api/v1/namespaces/shop/configmaps';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const secrets = '/api/v1/namespaces/shop/secrets';
const map = (name: string, a: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { a },
});
const password = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  data: { password: Buffer.from(value).toString('base64') },
});

describe('lifeboat restore plan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-plan-test-'));
  const file = join(folder, 'plan.json');
  let clusters: TestCluster[];
  let lifeboat: TestInstallation;
  let out = '';
  let notes = '';
  let code = 0;
  let commands = 0;

  const line = {
    screen: {
      out: (text: string) => {
        out += `${text}\n`;
      },
      note: (text: string) => {
        notes += `${text}\n`;
      },
      live: false,
      colors: pc.createColors(false),
    },
    clock: {
      ...systemClock,
      // A plan without a name is named after the second, and the next command is of another.
      now: () => new Date(systemClock.now().getTime() + commands * 1000),
      // Whoever waits for a run finds that it was carried out meanwhile.
      sleep: () => lifeboat.work(),
    },
    open: async () => lifeboat.installation,
    exitWith: (given: number) => {
      code = given;
    },
  } as CommandLine;
  async function run(make: typeof restoreCommand, ...words: string[]): Promise<string> {
    [out, notes, code] = ['', '', 0];
    commands++;
    await make(line).parseAsync(['node', 'lifeboat', ...words]);
    return out;
  }
  const live = (path: string) => clusters[1]!.get(path);
  const resultOf = async (name: string) =>
    (await findRun(lifeboat.installation.state.store, { kind: 'restores', name }))?.result;

  beforeAll(async () => {
    clusters = [await startTestCluster('production'), await startTestCluster('standby')];
    lifeboat = await testInstallation('one', sharedBucket(), clusters);
    const [production, standby] = clusters as [TestCluster, TestCluster];
    for (const { send } of clusters) {
      await send('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'shop' },
      });
    }
    await production.send('POST', maps, map('same', '1'));
    await production.send('POST', maps, map('changed', '2'));
    await production.send('POST', maps, map('new', '1'));
    await production.send('POST', secrets, password('after-it-all'));
    await production.send('POST', deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'web:1' }] },
        },
      },
    });
    await standby.send('POST', maps, map('same', '1'));
    await standby.send('POST', maps, map('changed', '1'));
    await standby.send('POST', secrets, password('before-it-all'));
    await lifeboat.backUp('production', 'shop-1');
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    for (const { api, sandbox } of clusters) {
      api.close();
      await sandbox.close();
    }
  });

  const flags = [
    '--from-backup',
    'shop-1',
    '--cluster',
    'standby',
    '--conflicts',
    'update',
    '--include-namespaces',
    'shop',
  ];

  it('shows what would be done, writes it to a file that only its owner reads, and changes nothing', async () => {
    const before = (await live(`${maps}/changed`))?.metadata.resourceVersion;
    const text = await run(restoreCommand, 'plan', ...flags, '--out', file);
    expect(text).toMatch(
      /Restore of backup shop-1 \(vault main\) into cluster standby\nOrigin of the backup: proved: this installation committed it\n\n {2}2 create {3}2 update/,
    );
    expect(text).toContain('configmaps shop/changed\n      data.a: 1 → 2');
    expect(text).toMatch(/data\.password: hidden [0-9a-f]{12} → hidden [0-9a-f]{12}/);
    expect(notes).toContain(`lifeboat restore create --plan ${file}`);
    const plan = readFileSync(file, 'utf8');
    for (const value of ['after-it-all', 'before-it-all']) {
      for (const shown of [text, plan]) {
        expect(shown).not.toContain(value);
        expect(shown).not.toContain(Buffer.from(value).toString('base64'));
      }
    }
    expect((await live(`${maps}/changed`))?.metadata.resourceVersion).toBe(before);
    expect(await live(`${maps}/new`)).toBeUndefined();
  });

  it('is the same made here, shown again by its name, and with the objects in the order of a restore', async () => {
    const written = (name: string) => {
      const { madeAt: _, request, ...plan } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return { ...plan, request: { ...request, metadata: {} } };
    };
    const here = join(folder, 'here.json');
    const named = join(folder, 'named.json');
    const shown = await run(restoreCommand, 'plan', ...flags, '--local', '--out', here);
    const asked = await run(restoreCommand, 'plan', 'first', ...flags, '--out', named);
    const hidden = (text: string) => text.replace(/hidden [0-9a-f]{12}/g, 'hidden');
    expect(hidden(asked)).toBe(hidden(shown));
    const diffless = (name: string) => JSON.parse(hidden(JSON.stringify(written(name))));
    expect(diffless('named.json')).toEqual(diffless('here.json'));
    expect(await run(restoreCommand, 'plan', 'first')).toBe(asked);
    expect(notes).toContain('lifeboat restore create --plan first');
    const { objects } = JSON.parse(readFileSync(named, 'utf8')) as { objects: PlannedObject[] };
    const inOrder = objects.map(({ groupResource, name }) => `${groupResource} ${name}`);
    expect(inOrder.filter((text) => !/^(pods|replicasets)/.test(text))).toEqual([
      'namespaces shop',
      'serviceaccounts default',
      'secrets db',
      'configmaps changed',
      'configmaps kube-root-ca.crt',
      'configmaps new',
      'configmaps same',
      'deployments.apps web',
    ]);
    await expect(run(restoreCommand, 'plan', 'nobodys')).rejects.toThrow('there is no plan "nobodys"');
    await expect(run(restoreCommand, 'create', '--plan', 'nobodys')).rejects.toThrow(
      'nobodys cannot be read',
    );
  });

  it('counts what a restore of the same name has made as there', async () => {
    const into = (name: string) => [
      '--namespace-mappings',
      `shop:${name}`,
      '--include-resources',
      'configmaps',
    ];
    await run(restoreCommand, 'create', 'again', ...flags, ...into('again'));
    await lifeboat.work();
    expect(await run(restoreCommand, 'plan', 'again', ...flags, ...into('again'))).toMatch(/\n {2}4 same/);
  });

  it('says why there is none, and ends with the exit code of a failed run', async () => {
    const { store } = lifeboat.installation.state;
    await run(restoreCommand, 'plan', 'first');
    const { request } = (await findRun(store, { kind: 'plans', name: 'first' }))!;
    const broken = { ...request, metadata: { name: 'broken' }, spec: { backupName: 'gone' } } as PlanRequest;
    await createRequest(store, broken);
    await carryOutPlan(lifeboat.installation, { kind: 'plans', name: 'broken' });
    expect(await run(restoreCommand, 'plan', 'broken')).toBe('');
    expect([code, notes]).toEqual([1, expect.stringContaining('backup')]);
    await expect(run(restoreCommand, 'create', '--plan', 'broken')).rejects.toThrow(/"broken" is not there/);
  });

  it.each(transcriptsOf('restore.md').map((one) => [one.parameters.join(' '), one] as const))(
    'prints what docs/restore.md shows of %s',
    async (_command, { parameters: [first, ...rest], output }) => {
      expect(first).toBe('restore');
      expect(withoutWhatChanges(await run(restoreCommand, ...rest))).toBe(withoutWhatChanges(output));
    },
  );

  it('is what restore create --plan then does, and no other flag goes with it', async () => {
    await expect(run(restoreCommand, 'create', '--plan', file, '--from-backup', 'x')).rejects.toThrow(
      'fromBackup',
    );
    const { objects } = JSON.parse(readFileSync(file, 'utf8')) as { objects: { action: string }[] };
    await run(restoreCommand, 'create', 'kept', '--plan', file, '--fail-on-drift');
    await lifeboat.work();
    const count = (action: string) => objects.filter((one) => one.action === action).length;
    expect(await resultOf('kept')).toMatchObject({
      phase: 'Completed',
      counts: {
        created: count('create'),
        updated: count('update'),
        same: count('same'),
        skipped: count('skip'),
      },
    });
    expect((await live(`${maps}/changed`))?.data).toEqual({ a: '2' });
  });

  it('stops a restore by a plan that the cluster has left behind', async () => {
    await run(restoreCommand, 'create', 'late', '--plan', file, '--fail-on-drift');
    await lifeboat.work();
    expect(await resultOf('late')).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('the cluster has changed since the plan was made'),
    });
  });

  it('names what is wrong with transforms before anything is asked for', async () => {
    await expect(run(restoreCommand, 'plan', ...flags, '--image-mappings', '/x=y')).rejects.toThrow(/images/);
    await expect(run(restoreCommand, 'plan', ...flags, '--conflicts-of', 'pods=never')).rejects.toThrow(
      /conflicts\.resources/,
    );
  });

  it('holds back what a rule brings passively, until it is activated, which pauses the rule', async () => {
    await clusters[1]!.send('DELETE', `${deployments}/web`);
    await run(
      replicationCommand,
      'create',
      'standby',
      '--from',
      'production',
      '--to',
      'standby',
      '--policy',
      'seed',
      '--passive',
      '--include-namespaces',
      'shop',
    );
    await lifeboat.catchUp();
    expect((await live(`${deployments}/web`))?.spec?.replicas).toBe(0);
    expect(await run(replicationCommand, 'activate', 'standby', '--dry-run')).toBe(
      'activated deployments.apps shop/web\n',
    );
    expect((await live(`${deployments}/web`))?.spec?.replicas).toBe(0);
    expect(await run(replicationCommand, 'activate', 'standby')).toBe(
      'activated deployments.apps shop/web\n',
    );
    const web = await live(`${deployments}/web`);
    expect(web?.spec?.replicas).toBe(3);
    expect(JSON.stringify(web?.metadata)).not.toContain('lifeboat/passive');
    const rule = await lifeboat.installation.state.replications.get('standby');
    expect(rule.spec.paused).toBe(true);
    expect(await run(replicationCommand, 'activate', 'standby')).toBe('');
    expect([notes, code]).toEqual([expect.stringContaining('Nothing is held back'), 0]);
  });
});
