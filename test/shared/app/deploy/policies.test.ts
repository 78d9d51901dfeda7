import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../local/oss/policy/decide';
import { parsePolicy } from '../../../../local/oss/policy/policy';
import { functionNames } from '../../../../shared/app/deploy/functions';
import { operatorPolicy } from '../../../../shared/app/deploy/operator-policy';
import { type Deployment, policies, policyOf } from '../../../../shared/app/deploy/policies';
import { rights } from '../../../../shared/app/deploy/rights';
import { stateFolders } from '../../../../shared/operations/disaster/state-export/state-folders';

const deployment: Deployment = {
  state: { bucket: 'state', prefix: 'lifeboat' },
  vaults: [
    { bucket: 'vault', prefix: 'team' },
    { bucket: 'theirs', readOnly: true },
  ],
  networks: ['blue'],
  region: 'cn-hangzhou',
  accountId: '1234567890123456',
  kmsKey: 'acs:kms:cn-hangzhou:1234567890123456:key/seal',
};

/** The functions whose policy allows it. */
function whoMay(action: string, resource: string, prefix?: string): string[] {
  const context = prefix === undefined ? {} : { 'oss:Prefix': prefix };
  return functionNames.filter(
    (name) => decide([parsePolicy(policyOf(name, deployment))], { action, resource, context }) === 'allow',
  );
}
const object = (place: string) => `acs:oss:oss-cn-hangzhou:1234567890123456:${place}`;

describe('the policies of the functions', () => {
  it('let nobody but retention delete in a vault, and nobody in a read-only one', () => {
    for (const key of ['backups/a/a.tar.gz', 'metadata/lifeboat/deletions/a/hidden.json']) {
      expect(whoMay('oss:DeleteObject', object(`vault/team/${key}`))).toEqual(['retention-expiry']);
      expect(whoMay('oss:DeleteObject', object(`theirs/${key}`))).toEqual([]);
      expect(whoMay('oss:PutObject', object(`theirs/${key}`))).toEqual([]);
    }
    expect(whoMay('oss:DeleteObject', object('vault/team/restores/r/restore-r-logs.gz'))).toEqual([]);
  });

  it('let nobody touch what lies beside the vault and the state', () => {
    const actions = ['oss:GetObject', 'oss:PutObject', 'oss:DeleteObject', 'oss:AbortMultipartUpload'];
    for (const action of actions) {
      for (const place of ['vault/other/backups/a', 'vault/teams/backups/a', 'state/other', 'third/a']) {
        expect(whoMay(action, object(place))).toEqual([]);
      }
    }
    expect(whoMay('oss:ListObjects', object('vault'), '')).toEqual([]);
    expect(whoMay('oss:PutBucketLifecycle', object('vault'))).toEqual([]);
  });

  it('let only backup write backups, and only restore the records of restores', () => {
    expect(whoMay('oss:PutObject', object('vault/team/backups/a/velero-backup.json'))).toEqual(['backup']);
    expect(whoMay('oss:PutObject', object('vault/team/restores/r/restore-r-logs.gz'))).toEqual(['restore']);
    expect(whoMay('oss:PutObject', object('state/lifeboat/runs/backups/a/commit.json'))).toEqual(['backup']);
  });

  it('let nobody write what people make but the API, and nobody what opens a door', () => {
    const may = (action: string, folder: string) => whoMay(action, object(`state/lifeboat/${folder}/a.json`));
    for (const folder of ['clusters', 'vaults', 'notifications', 'tokens']) {
      expect(may('oss:PutObject', folder)).toEqual([]);
      expect(may('oss:DeleteObject', folder)).toEqual([]);
    }
    for (const folder of ['schedules', 'replications', 'holds', 'accepted'])
      expect(may('oss:PutObject', folder)).toEqual(['api']);
    for (const folder of ['schedules', 'replications'])
      expect(may('oss:DeleteObject', folder)).toEqual(['api']);
    for (const folder of ['holds', 'accepted']) expect(may('oss:DeleteObject', folder)).toEqual([]);
  });

  it('let only retention ask how long WORM keeps what lies in a vault that it deletes from', () => {
    expect(whoMay('oss:GetBucketWorm', object('vault'))).toEqual(['retention-expiry']);
    expect(whoMay('oss:GetBucketWorm', object('theirs'))).toEqual([]);
  });

  it('know every part of the state, and leave to people what people alone write', () => {
    const first = (pattern: string) => pattern.replace(/\/.*$/, '/');
    const written = new Set(functionNames.flatMap((name) => rights[name].state.writes.map(first)));
    const known = Object.keys(stateFolders);
    expect([...written].filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !written.has(name)).sort()).toEqual([
      'clusters/',
      'keys/',
      'notifications/',
      'recovery/',
      'restored.json',
      'tokens/',
      'vaults/',
    ]);
  });

  it('let only backup and restore decrypt', () => {
    expect(whoMay('kms:Decrypt', 'acs:kms:cn-hangzhou:1234567890123456:key/seal')).toEqual([
      'backup',
      'restore',
    ]);
    expect(whoMay('kms:Decrypt', 'acs:kms:cn-hangzhou:1234567890123456:key/other')).toEqual([]);
  });

  it('let functions start only workers and who tells people, in every network', () => {
    const may = (name: string) =>
      whoMay('fc:InvokeFunction', `acs:fc:cn-hangzhou:1234567890123456:functions/${name}`);
    expect(may('lifeboat-backup')).toEqual(['backup', 'scheduled-backup', 'retention-expiry', 'api']);
    expect(may('lifeboat-backup-blue')).toEqual(may('lifeboat-backup'));
    expect(may('lifeboat-restore-blue')).toEqual(may('lifeboat-restore'));
    expect(may('lifeboat-backup-green')).toEqual([]);
    expect(may('lifeboat-notify')).toEqual(functionNames.filter((name) => !['notify', 'api'].includes(name)));
    expect(may('lifeboat-scheduled-backup')).toEqual([]);
  });

  it('are one for each role, that of a network like that without one', () => {
    const all = policies(deployment);
    expect(Object.keys(all).sort()).toEqual(
      [
        ...functionNames.map((name) => `lifeboat-${name}`),
        'lifeboat-backup-blue',
        'lifeboat-restore-blue',
      ].sort(),
    );
    expect(all['lifeboat-backup-blue']).toEqual(all['lifeboat-backup']);
  });

  it('leave a vault to its own role or key', () => {
    const role = 'acs:ram::2000000000000002:role/their-vault';
    const theirs = {
      ...deployment,
      vaults: [
        { bucket: 'their-a', role },
        { bucket: 'their-b', accessKey: true },
      ],
    };
    const text = JSON.stringify(policyOf('backup', theirs));
    expect(text).toContain(`{"Effect":"Allow","Action":["sts:AssumeRole"],"Resource":["${role}"]}`);
    expect(text).not.toContain('oss:*:*:their-');
    expect(JSON.stringify(policyOf('notify', theirs))).not.toContain('sts:AssumeRole');
  });

  it.each<[string, Partial<Deployment>, string]>([
    ['a bucket of every name', { vaults: [{ bucket: '*' }] }, 'bucket "*": is not a bucket name'],
    ['a state of every name', { state: { bucket: 'state*' } }, 'is not a bucket name'],
    ['any prefix', { vaults: [{ bucket: 'vault', prefix: '*' }] }, 'is not a subdirectory'],
    ['a folder above', { vaults: [{ bucket: 'vault', prefix: 'a/..' }] }, 'has a folder "." or ".."'],
    ['any region', { region: '*' }, 'is not a region'],
    ['any account', { accountId: '*' }, 'is not the id of an account'],
    ['every key', { kmsKey: '*' }, 'is not the ARN of a key in KMS'],
    [
      'an alias of a key',
      { bucketKeys: ['acs:kms:cn-hangzhou:1234567890123456:alias/x'] },
      'is not the ARN of a key',
    ],
    ['every ACK cluster', { ackClusters: ['*'] }, 'is not the id of an ACK cluster'],
    ['a quote that ends a shell’s', { prefix: "x'; rm -rf /; '" }, 'the prefix of the names: is not a name'],
    ['a network that is no name', { networks: ['Blue'] }, 'the network: is not a name'],
    ['names that are too long', { prefix: 'x'.repeat(42) }, 'is too long for the name of a function'],
  ])('are not made for %s', (_, wrong, reason) => {
    const whole = { ...deployment, ...wrong };
    expect(() => policies(whole)).toThrow(reason);
    expect(() => operatorPolicy(whole)).toThrow(reason);
  });

  it('are refused when RAM would not take their length', () => {
    const vaults = Array.from({ length: 40 }, (_, i) => ({
      bucket: `team-backups-${i}`,
      prefix: 'production',
    }));
    expect(() => policyOf('retention-expiry', { ...deployment, vaults })).toThrow(/RAM takes 6144/);
    expect(() => operatorPolicy({ ...deployment, vaults: [...vaults, ...vaults] })).toThrow(/RAM takes 6144/);
  });
});
