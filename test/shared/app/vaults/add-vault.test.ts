import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OssServer } from '../../../../local/oss/server';
import { addVault } from '../../../../shared/app/vaults/add-vault';
import type { Installation } from '../../../../shared/app/installation';
import { removeVault } from '../../../../shared/app/vaults/remove-vault';
import { vaultTrigger } from '../../../../shared/app/vaults/vault-trigger';
import type { Vault } from '../../../../shared/formats/manifests/vault';
import { openAt, person, startRegion, vaultAt, keysOf } from './vault-fixture';

const teamKey = { accessKeyId: 'team-key', accessKeySecret: 'team-secret-1234' };

let oss: Awaited<ReturnType<typeof startRegion>>;
let installation: Installation;
let endpoint: OssServer['endpoint'];
beforeAll(async () => {
  oss = await startRegion('cn-hangzhou', {
    credentials: [person, teamKey],
    buckets: [
      { name: 'state' },
      { name: 'vault' },
      { name: 'versioned', versioning: 'Enabled' },
      { name: 'locked', worm: { days: 30 } },
    ],
    elsewhere: { 'in-shanghai': 'cn-shanghai' },
  });
  ({ endpoint } = oss);
  installation = await openAt(oss);
  await addVault(installation, vaultAt('main', { subdirectory: 'team' }));
  const foreign = installation.openVaultStore(vaultAt('x', { subdirectory: 'photos' }) as Vault);
  await foreign.put('cats/cat.jpg', Buffer.from('meow'));
});
afterAll(() => oss.stop());

const add = (name: string, spec: object, key?: { id: string; secret: string }) =>
  addVault(installation, vaultAt(name, spec), key);

describe('a vault that is added', () => {
  it.each<[string, object, object]>([
    [
      'a bucket of another region',
      { bucket: 'in-shanghai', subdirectory: 'new' },
      { kind: 'invalid', hint: 'the bucket lies in region cn-shanghai: name that one' },
    ],
    [
      'another region than the bucket has, behind an endpoint that takes any',
      { region: 'cn-shanghai', subdirectory: 'new' },
      { kind: 'invalid', hint: expect.stringContaining('another region') },
    ],
    ['a bucket that is not there', { bucket: 'nowhere' }, { kind: 'not-found' }],
    [
      'a prefix with folders that no vault has',
      { subdirectory: 'photos' },
      { kind: 'invalid', message: expect.stringContaining('cats/'), hint: expect.stringContaining('Velero') },
    ],
    [
      'the place of the state',
      { bucket: 'state', subdirectory: 'lifeboat/vault' },
      { kind: 'invalid', message: expect.stringContaining('overlaps the state') },
    ],
    [
      'a place around the state',
      { bucket: 'state', subdirectory: '' },
      { kind: 'invalid', message: expect.stringContaining('overlaps the state') },
    ],
    [
      'a place inside another vault',
      { subdirectory: 'team/second' },
      { kind: 'conflict', message: expect.stringContaining('overlaps vault "main"') },
    ],
    ['the place of another vault', { subdirectory: 'team' }, { kind: 'conflict' }],
    [
      'the internal network in another region than the functions',
      { region: 'cn-shanghai', networkType: 'internal' },
      { kind: 'invalid', hint: expect.stringContaining('network type public') },
    ],
    [
      'an internal endpoint of another region',
      { endpoint: 'https://oss-cn-shanghai-internal.aliyuncs.com' },
      { kind: 'invalid', hint: expect.stringContaining('network type public') },
    ],
    ['a bucket name that OSS refuses', { bucket: 'Team_Backups' }, { kind: 'invalid' }],
    ['a prefix that OSS refuses', { subdirectory: 'a//b' }, { kind: 'invalid' }],
    [
      'a prefix that leaves no room for keys',
      { subdirectory: 'x'.repeat(700) },
      { kind: 'invalid', message: expect.stringContaining('too long') },
    ],
    ['a role and no ARN', { role: { arn: 'vault-reader' } }, { kind: 'invalid' }],
  ])('is refused for %s, and nothing is stored', async (_, spec, error) => {
    const before = await keysOf(installation.state.store);
    await expect(add('new', { subdirectory: 'new', endpoint, ...spec })).rejects.toMatchObject(error);
    expect(await keysOf(installation.state.store)).toEqual(before);
  });

  it('is refused with a name that is none, and with one that is taken', async () => {
    await expect(add('Wrong_Name', { subdirectory: 'new' })).rejects.toMatchObject({ kind: 'invalid' });
    const key = { id: teamKey.accessKeyId, secret: teamKey.accessKeySecret };
    const before = await keysOf(installation.state.store);
    // Nothing of its place is looked at, and no copy of its secret is kept.
    await expect(add('main', { bucket: 'nowhere' }, key)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await keysOf(installation.state.store)).toEqual(before);
  });

  it('is refused with a role beside a key of its own', async () => {
    const role = { arn: 'acs:ram::2000000000000002:role/r' };
    await expect(
      add('new', { subdirectory: 'new', role }, { id: 'team-key', secret: 'short' }),
    ).rejects.toThrow('has both an access key and a role');
  });

  it('is said what is found: versions, WORM, no encryption', async () => {
    const of = async (bucket: string) => {
      const { findings } = await add(bucket, { bucket });
      return Object.fromEntries(findings.map(({ check, level, message }) => [check, `${level}: ${message}`]));
    };
    expect(await of('versioned')).toMatchObject({
      region: 'ok: the bucket lies in cn-hangzhou',
      writable: 'ok: it can be written to',
      versioning: 'warning: versioning is Enabled: what expires is hidden, and billed on',
      encryption: expect.stringContaining('warning: the bucket does not encrypt'),
    });
    expect(await of('locked')).toMatchObject({ worm: expect.stringContaining('for 30 days') });
    expect(await keysOf(installation.openVaultStore(vaultAt('x', { bucket: 'locked' }) as Vault))).toEqual([
      `metadata/lifeboat/installations/${installation.id}`,
    ]);
  });

  it('with a key of its own is used with it, and keeps its secret sealed for this vault alone', async () => {
    await expect(
      add('theirs', { subdirectory: 'theirs' }, { id: 'team-key', secret: 'wrong-secret' }),
    ).rejects.toMatchObject({ kind: 'denied' });
    const key = { id: teamKey.accessKeyId, secret: teamKey.accessKeySecret };
    const { vault } = await add('theirs', { subdirectory: 'theirs' }, key);
    const stored = await installation.state.store.get('vaults/theirs.json');
    expect(stored.body.toString()).not.toContain(teamKey.accessKeySecret);

    await (await installation.openVault('theirs')).put('backups/x', Buffer.from('1'));
    const other = { ...vault, metadata: { name: 'other' } };
    await expect(installation.openVaultStore(other).head('backups/x')).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('does not open'),
    });
  });

  it('tells the trigger to add, or why there is none', () => {
    const { settings } = installation;
    const of = (spec: object) => vaultTrigger(vaultAt('main', spec) as Vault, settings);
    expect(of({ subdirectory: 'team' })).toMatchObject({
      trigger: {
        triggerConfig: { filter: { key: { prefix: 'team/backups/', suffix: '/velero-backup.json' } } },
      },
    });
    expect(of({ region: 'cn-shanghai' })).toEqual({
      servedByTimer: 'its bucket is in cn-shanghai, and the functions are in cn-hangzhou',
    });
    expect(of({ role: { arn: 'acs:ram::2000000000000002:role/r' } })).toEqual({
      servedByTimer: 'its bucket is used through account 2000000000000002',
    });
    expect(of({ accessMode: 'ReadOnly' })).toMatchObject({
      servedByTimer: expect.stringContaining('read-only'),
    });
  });

  it('is forgotten when nothing names it, and its backups stay', async () => {
    const { vault } = await add('old', { subdirectory: 'old' });
    const store = installation.openVaultStore(vault);
    await store.put('backups/one/velero-backup.json', Buffer.from('{}'));
    await installation.state.schedules.create({
      kind: 'Schedule',
      metadata: { name: 'nightly' },
      spec: {
        schedule: '0 2 * * *',
        clusters: ['a'],
        vault: 'main',
        copies: ['old'],
        startAt: '2026-11-22T00:00:00Z',
        includeClusterInNames: false,
        template: { includedNamespaces: ['shop'] },
      },
    });
    await expect(removeVault(installation, 'old')).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('schedule "nightly" names it'),
    });
    await installation.state.schedules.remove('nightly');
    await removeVault(installation, 'old');
    expect(await installation.state.vaults.find('old')).toBeUndefined();
    expect(await keysOf(store)).toEqual(['backups/one/velero-backup.json']);
    await expect(removeVault(installation, 'old')).rejects.toMatchObject({ kind: 'not-found' });
  });
});
