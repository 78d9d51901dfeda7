import http from 'node:http';
import https from 'node:https';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { openInstallation } from '../../../../shared/app/open-installation';
import { readSettings } from '../../../../shared/app/settings';
import { silentLog } from '../../../../shared/platform/log/log';
import type { Vault } from '../../../../shared/formats/manifests/vault';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { type Answer, openApiServer } from '../../../harness/openapi-server';
import { person, startRegion, vaultAt } from './vault-fixture';

let oss: Awaited<ReturnType<typeof startRegion>>;
const assumed = { accessKeyId: 'STS.1', accessKeySecret: 'secret-1', securityToken: 'token-1' };
const again = { accessKeyId: 'STS.2', accessKeySecret: 'secret-2', securityToken: 'token-2' };
beforeAll(async () => {
  oss = await startRegion('cn-hangzhou', {
    credentials: [person, assumed, again],
    buckets: [{ name: 'state' }, { name: 'vault' }],
    domains: { 'backups.example.com': 'vault' },
  });
});
afterAll(() => oss.stop());

/** Hosts that ali-oss asked over HTTPS, in order; the embedded server answers in their place. */
const asked: string[] = [];
beforeEach(() => {
  asked.length = 0;
  jest.spyOn(https, 'request').mockImplementation(((options: https.RequestOptions) => {
    asked.push(String(options.host));
    const headers = { ...(options.headers as Record<string, string>), host: String(options.host) };
    return http.request({ ...options, agent: undefined, headers, host: '127.0.0.1', port: oss.port });
  }) as typeof https.request);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Opened by a function in a VPC of cn-hangzhou, or by a person outside of it. */
async function installationOf(where: 'function' | 'person', more: Record<string, string> = {}) {
  const settings = readSettings({
    LIFEBOAT_STATE: 'oss://state/lifeboat',
    LIFEBOAT_REGION: 'cn-hangzhou',
    LIFEBOAT_NETWORK_TYPE: where === 'function' ? 'internal' : 'public',
    LIFEBOAT_LOCAL: '1',
    ...more,
  });
  return openInstallation({
    settings,
    outside: where === 'person',
    credentials: async () => person,
    holder: 'test',
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
  });
}

describe('the endpoint that a vault is reached by', () => {
  it.each<[string, object, 'function' | 'person', string]>([
    ['public', { networkType: 'public' }, 'function', 'vault.oss-cn-hangzhou.aliyuncs.com'],
    ['internal', { networkType: 'internal' }, 'function', 'vault.oss-cn-hangzhou-internal.aliyuncs.com'],
    ['internal', { networkType: 'internal' }, 'person', 'vault.oss-cn-hangzhou.aliyuncs.com'],
    ['a custom domain', { endpoint: 'https://backups.example.com' }, 'function', 'backups.example.com'],
    [
      'a custom domain, which beats internal',
      { endpoint: 'https://backups.example.com', networkType: 'internal' },
      'function',
      'backups.example.com',
    ],
  ])('is for %s %j by a %s: %s', async (_, spec, where, host) => {
    const installation = await installationOf(where);
    asked.length = 0;
    const store = installation.openVaultStore(vaultAt('main', spec) as Vault);
    await store.put('backups/asked', Buffer.from('1'));
    expect((await store.get('backups/asked')).body.toString()).toBe('1');
    expect(asked).toEqual([host, host]);
    await installation.readVaultBucket(vaultAt('main', spec) as Vault);
    expect(new Set(asked)).toEqual(new Set([host]));
  });

  it('is none for an internal vault of another region, also where it is already registered', async () => {
    const installation = await installationOf('function');
    await installation.state.vaults.create(
      vaultAt('far', { region: 'cn-shanghai', networkType: 'internal', subdirectory: 'far' }),
    );
    asked.length = 0;
    await expect(
      installation.openVault('far').then((store: ObjectStore) => store.head('x')),
    ).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('vault "far" is in cn-shanghai with network type internal'),
      hint: expect.stringContaining('network type public'),
    });
    expect(asked.filter((host) => host.startsWith('vault.'))).toEqual([]);
  });
});

describe('a vault with a role', () => {
  const vault = vaultAt('main', {
    endpoint: 'https://backups.example.com',
    role: { arn: 'acs:ram::2000000000000002:role/vault' },
  }) as Vault;
  let minutes: number;
  let given: typeof assumed;
  const answer = (): Answer => [
    200,
    {
      Credentials: {
        AccessKeyId: given.accessKeyId,
        AccessKeySecret: given.accessKeySecret,
        SecurityToken: given.securityToken,
        Expiration: `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`,
      },
    },
  ];
  let sts: Awaited<ReturnType<typeof openApiServer>>;
  beforeEach(async () => {
    minutes = 60;
    given = assumed;
    sts = await openApiServer({ [person.accessKeyId]: person.accessKeySecret }, answer);
  });
  afterEach(async () => {
    oss.faults.clear();
    await sts.close();
  });

  it('is used with the token of STS, which all its stores share', async () => {
    const installation = await installationOf('function', { LIFEBOAT_STS_ENDPOINT: sts.endpoint });
    for (const key of ['a', 'b', 'c']) {
      await installation.openVaultStore(vault).put(`backups/${key}`, Buffer.from(key));
    }
    expect(sts.taken).toHaveLength(1);
    expect(sts.taken[0]).toMatchObject({
      action: 'AssumeRole',
      parameters: {
        RoleArn: 'acs:ram::2000000000000002:role/vault',
        RoleSessionName: `lifeboat-${installation.id}`,
      },
    });
  });

  it('asks anew when OSS says that the token has expired', async () => {
    const installation = await installationOf('function', { LIFEBOAT_STS_ENDPOINT: sts.endpoint });
    const store = installation.openVaultStore(vault);
    await store.put('backups/a', Buffer.from('a'));
    given = again;
    oss.faults.add({ operation: 'PutObject', key: 'backups/b', fault: { kind: 'expired-token' } });
    await store.put('backups/b', Buffer.from('b'));
    expect(sts.taken).toHaveLength(2);
  });
});
