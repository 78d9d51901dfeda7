import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import { type OssServer, startOssServer } from '../../../../local/oss/server';
import { parsePolicy } from '../../../../local/oss/policy/policy';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import { operatorPolicy } from '../../../../shared/app/deploy/operator-policy';
import type { DeployedFunction, FindDeployed } from '../../../../shared/app/fc/deployed-functions';
import { examineInstallation } from '../../../../shared/app/doctor/doctor';
import type { Finding } from '../../../../shared/app/doctor/finding';
import { examineTriggers } from '../../../../shared/app/doctor/triggers';
import { installationOfEnvironment } from '../../../../shared/app/from-environment';
import type { Installation } from '../../../../shared/app/installation';
import { registerCluster } from '../../../harness/register-cluster';
import { beat } from '../../../../shared/formats/state/run/heartbeat';
import { systemClock } from '../../../../shared/platform/system';

const sealKey = Buffer.alloc(32, 7).toString('base64');
const root = { accessKeyId: 'root', accessKeySecret: 'secret' };
const operator = {
  accessKeyId: 'operator',
  accessKeySecret: 'secret',
  policies: [
    parsePolicy(
      operatorPolicy({
        state: { bucket: 'state', prefix: 'lifeboat' },
        vaults: [{ bucket: 'vault', prefix: 'team' }],
      }),
    ),
  ],
};
const poor = { accessKeyId: 'poor', accessKeySecret: 'secret', policies: [objectsOnly()] };

/** What ACK's template allows: nothing of the bucket's own settings. */
function objectsOnly() {
  const Action = ['oss:PutObject', 'oss:GetObject', 'oss:DeleteObject', 'oss:ListObjects'];
  return parsePolicy({ Version: '1', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
}

let directory: string;
let oss: OssServer;
let cluster: SandboxCluster;
let installation: Installation;
/** OSS's clock, which says how old a heartbeat is. */
let ahead = 0;

const open = (state: string, key: { accessKeyId: string; accessKeySecret: string } = root) =>
  installationOfEnvironment({
    LIFEBOAT_STATE: state,
    LIFEBOAT_REGION: 'cn-hangzhou',
    LIFEBOAT_SEAL_KEY: sealKey,
    LIFEBOAT_OSS_ENDPOINT: oss.endpoint,
    LIFEBOAT_LOCAL: '1',
    ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
  });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'lifeboat-doctor-'));
  oss = await startOssServer({
    directory,
    credentials: [root, operator, poor],
    buckets: [
      { name: 'state' },
      { name: 'vault' },
      { name: 'kept', versioning: 'Enabled' },
      { name: 'locked', worm: { days: 1 } },
    ],
    clock: { ...systemClock, now: () => new Date(Date.now() + ahead) },
  });
  cluster = await startSandboxCluster({ name: 'a' });
  installation = await open('oss://state/lifeboat');
  await installation.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'vault', subdirectory: 'team' },
  });
  await registerCluster('a', sanitiseKubeconfig(cluster.kubeconfig, { allowLoopback: true }), installation);
});
afterAll(async () => {
  await Promise.all([cluster?.close(), oss?.close()]);
  rmSync(directory, { recursive: true, force: true });
});

const environment = {
  LIFEBOAT_STATE: 'oss://state/lifeboat',
  LIFEBOAT_REGION: 'cn-hangzhou',
  LIFEBOAT_SEAL_KEY: sealKey,
};
const timer = { name: 't', type: 'timer', config: { enable: true } };
const trigger = {
  name: 'landed-main',
  type: 'oss',
  sourceArn: 'acs:oss:cn-hangzhou:1:vault',
  config: { filter: { key: { prefix: 'team/backups/', suffix: '/velero-backup.json' } } },
};
/** A deployment in which all is well, but for what a test changes. */
let deployed: Record<string, DeployedFunction | undefined>;
const find: FindDeployed = async (name) => deployed[name];
beforeEach(() => {
  const { LIFEBOAT_SEAL_KEY: _, ...unsealed } = environment;
  deployed = {};
  for (const name of ['backup', 'restore'])
    deployed[`lifeboat-${name}`] = { role: 'r', environment, triggers: [] };
  for (const name of ['scheduled-backup', 'retention-expiry', 'cross-cluster-restore', 'notify', 'api'])
    deployed[`lifeboat-${name}`] = { role: 'r', environment: unsealed, triggers: [timer, trigger] };
});

async function findings(of = installation, look?: FindDeployed): Promise<Finding[]> {
  const all: Finding[] = [];
  for await (const finding of examineInstallation(of, look)) all.push(finding);
  return all;
}
const wrong = (all: Finding[]) => all.filter(({ level }) => level === 'error');

describe('an installation that is examined', () => {
  it('has nothing wrong when all is well, and a remedy for every warning', async () => {
    await beat(installation.state.store, systemClock, {});
    const all = await findings(installation, find);
    expect(wrong(all)).toEqual([]);
    expect([...new Set(all.map(({ about }) => about))]).toEqual(
      expect.arrayContaining(['state', 'ticks', 'function lifeboat-backup', 'vault main', 'cluster a']),
    );
    expect(all).toContainEqual({
      about: 'vault main',
      level: 'ok',
      message: 'a trigger tells of its backups at once',
    });
    expect(JSON.stringify(all)).not.toContain(sealKey);
  });

  it('is told when the ticks have stopped', async () => {
    await beat(installation.state.store, systemClock, {});
    ahead = 14 * 60_000;
    expect(wrong(await findings(installation, find))).toEqual([
      {
        about: 'ticks',
        level: 'error',
        message: 'none has ended for 14 minutes: nothing is backed up by schedule',
        remedy: expect.stringContaining('timer'),
      },
    ]);
    ahead = 0;
  });

  it.each([
    ['function lifeboat-restore', /not deployed/, () => delete deployed['lifeboat-restore']],
    ['function lifeboat-api', /no role/, () => delete deployed['lifeboat-api']!.role],
    [
      'function lifeboat-notify',
      /LIFEBOAT_STATE is "oss:\/\/other" there/,
      () => change('notify', { LIFEBOAT_STATE: 'oss://other' }),
    ],
    ['function lifeboat-backup', /no key for kubeconfigs/, () => change('backup', { LIFEBOAT_SEAL_KEY: '' })],
    [
      'function lifeboat-backup',
      /does not have the sealing key/,
      () => change('backup', { LIFEBOAT_SEAL_KEY: Buffer.alloc(32, 8).toString('base64') }),
    ],
    [
      'function lifeboat-scheduled-backup',
      /no timer/,
      () => {
        deployed['lifeboat-scheduled-backup']!.triggers = [{ ...timer, config: { enable: false } }];
      },
    ],
  ])('finds what is wrong with %s: %s', async (about, message, spoil) => {
    spoil();
    const found = wrong(await findings(installation, find));
    expect(found).toEqual([
      { about, level: 'error', message: expect.stringMatching(message), remedy: expect.any(String) },
    ]);
    expect(JSON.stringify(found)).not.toContain(Buffer.alloc(32, 8).toString('base64'));
  });

  it('finds schedules and rules that cannot be read, or name what is not there', async () => {
    await beat(installation.state.store, systemClock, {});
    const { store, schedules, replications } = installation.state;
    const schedule = (name: string, spec: object) =>
      schedules.create({
        kind: 'Schedule',
        metadata: { name },
        spec: {
          schedule: '0 2 * * *',
          clusters: ['a'],
          vault: 'main',
          startAt: '2026-11-22T00:00:00Z',
          includeClusterInNames: true,
          template: { includedNamespaces: ['shop'] },
          ...spec,
        },
      });
    await schedule('well', {});
    await schedule('moved', { clusters: ['gone'], vault: 'lost', copies: ['main'] });
    await schedule('resting', { clusters: ['gone'], paused: true });
    await schedule('nobody', { clusters: [], clusterSelector: { matchLabels: { env: 'none' } } });
    await schedule('over', { windows: { allowed: ['2020-01-01'] } });
    await store.put('schedules/broken.json', Buffer.from('{'));
    const source = { vault: 'main', cluster: 'far', clusterUid: 'u' };
    const rule = {
      kind: 'Replication',
      metadata: { name: 'rule' },
      spec: { source, targets: ['b'], policy: 'seed' },
    };
    await replications.create(rule);
    const all = await findings(installation, find);
    for (const name of ['well', 'moved', 'resting', 'nobody', 'over', 'broken']) await schedules.remove(name);
    await replications.remove('rule');
    const told = all.filter(({ about }) => /^(schedule|replication) /.test(about));
    expect(told.map(({ about, level, message }) => `${level} ${about}: ${message}`)).toEqual([
      expect.stringMatching(/^error schedule broken: its manifest cannot be read/),
      'error schedule moved: it names vault lost, which is not registered',
      'error schedule moved: it names cluster gone, which is not registered',
      'error schedule nobody: its selector matches no cluster',
      expect.stringMatching(/^error schedule over: .*lies outside its windows/),
      'warning schedule resting: it names cluster gone, which is not registered (paused)',
      'error replication rule: it names cluster b, which is not registered',
    ]);
    expect(told.every(({ remedy }) => remedy !== undefined)).toBe(true);
  });

  it('misses the workers of a network that a cluster names', async () => {
    const { state } = installation;
    const was = await state.clusters.get('a');
    await state.clusters.change('a', () => ({ ...was, spec: { ...was.spec, network: 'blue' } }));
    const found = wrong(await findings(installation, find));
    await state.clusters.change('a', () => was);
    expect(found.map(({ about }) => about)).toEqual([
      'function lifeboat-backup-blue',
      'function lifeboat-restore-blue',
    ]);
  });

  it('says how late rules learn of backups in a vault without a trigger', async () => {
    deployed['lifeboat-cross-cluster-restore']!.triggers = [];
    expect(await findings(installation, find)).toContainEqual({
      about: 'vault main',
      level: 'warning',
      message: expect.stringContaining('up to 60 minutes late'),
      remedy: expect.stringContaining('lifeboat deploy render'),
    });
    const blind = await examineTriggers(
      installation.settings,
      (await installation.state.vaults.list()).items,
    );
    expect(blind).toMatchObject([
      { about: 'vault main', level: 'warning', message: expect.stringContaining('could not be seen') },
    ]);
    expect(JSON.stringify(await findings())).not.toContain('trigger');
  });

  it('has warnings, and nothing wrong, for a key that may not ask about buckets', async () => {
    await beat(installation.state.store, systemClock, {});
    const all = await findings(await open('oss://state/lifeboat', poor), find);
    expect(wrong(all)).toEqual([]);
    expect(all).toContainEqual({
      about: 'state',
      level: 'warning',
      message: 'not all that matters of bucket state could be seen',
      remedy: expect.stringContaining('oss:GetBucketVersioning'),
    });
  });

  it('is seen whole with the policy for people', async () => {
    oss.denials.length = 0;
    await beat(installation.state.store, systemClock, {});
    const all = await findings(await open('oss://state/lifeboat', operator), find);
    expect(wrong(all)).toEqual([]);
    expect(oss.denials).toEqual([]);
  });

  it('is told that the state lies in a vault, where it was moved there', async () => {
    await installation.state.store.put(
      'vaults/over.json',
      Buffer.from(
        JSON.stringify({
          kind: 'Vault',
          metadata: { name: 'over' },
          spec: { region: 'cn-hangzhou', bucket: 'state' },
        }),
      ),
    );
    const found = wrong(await findings(installation, find));
    await installation.state.vaults.remove('over');
    expect(found).toContainEqual(
      expect.objectContaining({ about: 'state', message: expect.stringContaining('vault over overlap') }),
    );
  });
});

describe('a state bucket', () => {
  it.each([
    ['keeps versions', 'kept', /never switched on/],
    ['is locked by a retention policy', 'locked', /without one/],
  ])(
    'that %s is refused at the first start, and no installation comes to be',
    async (what, bucket, remedy) => {
      await expect(open(`oss://${bucket}/lifeboat`)).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(what),
        hint: expect.stringMatching(remedy),
      });
      await expect(open(`oss://${bucket}/lifeboat`)).rejects.toMatchObject({ kind: 'conflict' });
    },
  );
});

function change(name: string, variables: Record<string, string>): void {
  const found = deployed[`lifeboat-${name}`]!;
  deployed[`lifeboat-${name}`] = { ...found, environment: { ...found.environment, ...variables } };
}
