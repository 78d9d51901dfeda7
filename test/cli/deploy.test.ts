import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { parsePolicy } from '../../local/oss/policy/policy';
import { type OssServer, startOssServer } from '../../local/oss/server';
import type { Finding } from '../../shared/app/doctor/finding';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import { beat } from '../../shared/formats/state/run/heartbeat';
import { systemClock } from '../../shared/platform/system';
import { buildPrograms } from '../harness/built-programs';

let dist: string;
let directory: string;
let oss: OssServer;
let environment: Record<string, string>;

beforeAll(async () => {
  dist = buildPrograms('cli/lifeboat.ts');
  directory = mkdtempSync(join(tmpdir(), 'lifeboat-deploy-'));
  const key = { accessKeyId: 'id', accessKeySecret: 'secret' };
  oss = await startOssServer({
    directory,
    credentials: [key],
    buckets: [{ name: 'state' }, { name: 'vault' }],
  });
  environment = {
    LIFEBOAT_STATE: 'oss://state/lifeboat',
    LIFEBOAT_REGION: 'cn-hangzhou',
    LIFEBOAT_OSS_ENDPOINT: oss.endpoint,
    LIFEBOAT_LOCAL: '1',
    ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
  };
}, 60_000);
afterAll(async () => {
  await oss?.close();
  for (const path of [directory, dist]) rmSync(path, { recursive: true, force: true });
});

/** Runs `lifeboat` as a process, with an installation or with none. */
function lifeboat(parameters: string[], env: Record<string, string> = {}) {
  const program = join(dist, 'cli', 'lifeboat.js');
  const options = { cwd: directory, env: { PATH: process.env.PATH, HOME: directory, ...env } };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [program, ...parameters], options, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}
const places = ['--vault', 'main=oss://vault/team', '--state', 'oss://state/lifeboat'];

describe('lifeboat deploy', () => {
  it('prints policies that RAM would take, without an installation', async () => {
    const { code, out } = await lifeboat(['deploy', 'policies', ...places, '--network', 'blue']);
    expect(code).toBe(0);
    const all = JSON.parse(out) as Record<string, unknown>;
    for (const policy of Object.values(all)) parsePolicy(policy);
    expect(Object.keys(all)).toEqual(
      expect.arrayContaining(['lifeboat-backup-blue', 'lifeboat-api', 'aliyunosseventnotificationrole']),
    );
    const one = await lifeboat([
      ...['deploy', 'policies', ...places, '--network', 'blue', '--role', 'lifeboat-api'],
    ]);
    expect(JSON.parse(one.out)).toEqual(all['lifeboat-api']);
  });

  it('prints the commands that make the roles', async () => {
    const { out } = await lifeboat(['deploy', 'policies', ...places, '--commands']);
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(8 * 3);
    expect(lines.filter((line) => line.includes('"Service":["fc.aliyuncs.com"]'))).toHaveLength(7);
    expect(lines.filter((line) => line.includes('"Service":["oss.aliyuncs.com"]'))).toHaveLength(1);
  });

  it('renders what is registered, and refuses a network that nobody has said the place of', async () => {
    const { state } = await installationOfEnvironment(environment);
    await state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'main' },
      spec: { region: 'cn-hangzhou', bucket: 'vault', subdirectory: 'team' },
    });
    const vpc = 'vpc-1/vsw-1,vsw-2/sg-1';
    const { out } = await lifeboat(['deploy', 'render', '--network', `blue=${vpc}`], environment);
    expect(load(out)).toMatchObject({
      resources: {
        'backup-blue': { props: { vpcConfig: { vpcId: 'vpc-1', vSwitchIds: ['vsw-1', 'vsw-2'] } } },
        'cross-cluster-restore': { props: { triggers: [{ triggerName: 'landed-main' }] } },
      },
    });
    const sealedKubeconfig = {
      version: 1,
      algorithm: 'AES-256-GCM',
      keyId: '0',
      nonce: '0',
      ciphertext: '0',
      tag: '0',
    };
    await state.clusters.create({
      kind: 'Cluster',
      metadata: { name: 'far' },
      spec: { server: 'https://10.0.0.1:6443', sealedKubeconfig, network: 'green' },
    });
    const refused = await lifeboat(['deploy', 'render'], environment);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--network green=')]);
    await state.clusters.remove('far');
    const ack = { clusterId: 'c82e6987e2961451', region: 'cn-hangzhou', private: true, minutes: 60 };
    await state.clusters.create({
      kind: 'Cluster',
      metadata: { name: 'managed' },
      spec: { server: 'https://10.0.0.1:6443', ack },
    });
    const kms = { ...environment, LIFEBOAT_KMS_KEY: 'key-hzz65f3a2c0ab' };
    const worker = await lifeboat(['deploy', 'policies', '--role', 'lifeboat-backup'], kms);
    expect(worker.out).toContain('acs:cs:*:*:cluster/c82e6987e2961451');
    expect(worker.err).toContain('add --kms-key');
    await state.clusters.remove('managed');
  });

  it.each([
    [['deploy', 'render', '--vpc', 'vpc-1'], 'vpc-…/vsw-…/sg-…'],
    [['deploy', 'render', '--network', 'vpc-1/vsw-1/sg-1'], 'name=vpc-'],
    [['deploy', 'policies', '--vault', 'https://vault'], 'oss://bucket/prefix'],
    [['deploy', 'render', ...places, '--log', 'nothing'], 'project/logstore'],
    [['deploy', 'policies', ...places, '--bucket', '*'], 'lower-case letters'],
  ])('refuses %j in one line, with the remedy', async (parameters, hint) => {
    const { code, err } = await lifeboat(parameters);
    expect([code, err.trim().split('\n')]).toEqual([
      2,
      [expect.stringMatching(/^error: /), expect.stringContaining(hint)],
    ]);
  });
});

describe('lifeboat doctor', () => {
  it('ends with 0 when there are warnings at most, and with 1 when something is wrong', async () => {
    const { state } = await installationOfEnvironment(environment);
    await beat(state.store, systemClock, {});
    const well = await lifeboat(['doctor', '-o', 'json'], environment);
    const { findings } = JSON.parse(well.out) as { findings: Finding[] };
    expect([well.code, findings.filter(({ level }) => level === 'error')]).toEqual([0, []]);
    expect(findings).toContainEqual({
      about: 'clusters',
      level: 'warning',
      message: 'there is none',
      remedy: 'add one with `lifeboat cluster add`',
    });
    await state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'gone' },
      spec: { region: 'cn-hangzhou', bucket: 'not-there' },
    });
    const ill = await lifeboat(['doctor'], environment);
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/vault gone\n {2}wrong {4}.*NoSuchBucket.*\n {11}→ check the name of the bucket/);
    expect(ill.err).toMatch(/1 wrong, \d+ warnings, \d+ well\./);
  });
});
