import { describe, expect, it } from '@jest/globals';
import type { Replication } from '../../../shared/manifests/replication';
import type { Vault } from '../../../shared/manifests/vault';
import { backupOfKey, type LandedBackup, landedBackup } from '../../../shared/replication/landed-backup';
import { replicateBackup } from '../../../shared/replication/replicate-backup';
import { replicatedRestore } from '../../../shared/replication/replicated-restore';
import { createRequest, findRequest } from '../../../shared/state/requests';
import { request, setUp } from '../runs/fixtures';

function rule(name: string, source: string, targets: string[], spec: object = {}): Replication {
  return {
    kind: 'Replication',
    metadata: { name },
    spec: {
      source: { vault: 'main', cluster: source },
      targets,
      policy: 'seed',
      onlyIf: ['Completed'],
      allowEmptyVolumes: false,
      paused: false,
      ...spec,
    },
  };
}

function landed(
  cluster = 'a',
  phase = 'Completed',
  spec: object = { includedNamespaces: ['shop'] },
): LandedBackup {
  return {
    vault: 'main',
    name: 'shop-1',
    backup: {
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name: 'shop-1' },
      spec: {},
      status: { phase },
    },
    request: { ...request, cluster, spec, schedule: { name: 'daily', slot: '2026-11-22T02:00:00Z' } },
  };
}

const of = (rules: Replication[], index: number, what = landed(), target = 'b') =>
  replicatedRestore(rules, rules[index]!, what, target, 'i1');

describe('a replication rule', () => {
  it('makes a restore that carries where it came from', () => {
    expect(of([rule('standby', 'a', ['b'], { namespaceMapping: { shop: 'shop-copy' } })], 0)).toMatchObject({
      kind: 'RestoreRequest',
      cluster: 'b',
      vault: 'main',
      spec: { backupName: 'shop-1', namespaceMapping: { shop: 'shop-copy' }, existingResourcePolicy: 'none' },
      replication: 'standby',
      metadata: { annotations: { 'lifeboat/origin-cluster': 'a', 'lifeboat/origin-installation': 'i1' } },
    });
  });

  it.each<[string, object, LandedBackup, string]>([
    ['of another cluster', {}, landed('c'), 'the rule is for cluster a'],
    ['of another vault', {}, { ...landed(), vault: 'other' }, 'the rule is for vault main'],
    ['of a phase it does not want', {}, landed('a', 'PartiallyFailed'), 'its phase is PartiallyFailed'],
    ['while it is paused', { paused: true }, landed(), 'the rule is paused'],
    [
      'of another schedule',
      { source: { vault: 'main', cluster: 'a', schedule: 'weekly' } },
      landed(),
      'the rule is for schedule weekly',
    ],
    [
      'without its namespaces',
      { source: { vault: 'main', cluster: 'a', namespaces: ['bank'] } },
      landed(),
      'it has none of the namespaces of the rule',
    ],
  ])('passes over a backup %s', (_, spec, what, skipped) => {
    expect(of([rule('standby', 'a', ['b'], spec)], 0, what)).toEqual({ skipped });
  });

  it('does not bring objects back to where they came from', () => {
    const rules = [rule('there', 'a', ['b']), rule('back', 'b', ['a'])];
    expect(of(rules, 1, landed('b'), 'a')).toEqual({ skipped: 'its objects came from cluster a' });
  });

  it('does not do so by way of a third cluster either', () => {
    const rules = [rule('one', 'a', ['b']), rule('two', 'b', ['c']), rule('three', 'c', ['a'])];
    expect(of(rules, 2, landed('c'), 'a')).toEqual({ skipped: 'its objects came from cluster a' });
    expect(of(rules.slice(0, 2), 1, landed('b'), 'c')).toHaveProperty('kind');
  });

  it('lets two clusters replicate different namespaces to each other', () => {
    const from = (cluster: string, namespaces: string[]) => ({
      source: { vault: 'main', cluster, namespaces },
    });
    const rules = [
      rule('there', 'a', ['b'], { ...from('a', ['shop']), namespaceMapping: { shop: 'shop-copy' } }),
      rule('back', 'b', ['a'], from('b', ['bank', 'shop-copy'])),
    ];
    const what = landed('b', 'Completed', { includedNamespaces: ['*'] });
    expect(of(rules, 1, what, 'a')).toMatchObject({
      spec: { includedNamespaces: ['bank'], excludedNamespaces: ['shop-copy'] },
    });
  });
});

describe('replicating a backup', () => {
  it('asks once for each target, however often the event comes', async () => {
    const { context, sent } = setUp();
    const rules = [rule('standby', 'a', ['b', 'c']), rule('other', 'x', ['b'])];
    const first = await Promise.all([1, 2].map(() => replicateBackup(context, rules, landed())));
    expect(first[0]).toEqual(first[1]);
    expect(first[0]!.map(({ target, restore }) => [target, restore !== undefined])).toEqual([
      ['b', true],
      ['c', true],
      ['b', false],
    ]);
    await replicateBackup(context, [rule('standby', 'a', ['b', 'c'], { allowEmptyVolumes: true })], landed());
    expect(sent).toHaveLength(2);
    const restore = await findRequest(context.state, { kind: 'restores', name: first[0]![0]!.restore! });
    expect(restore).toMatchObject({ allowEmptyVolumes: false });
  });
});

describe('an event', () => {
  const vault = (subdirectory?: string): Vault => ({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'b', subdirectory, networkType: 'public' },
  });

  it.each([
    ['backups/shop-1/velero-backup.json', undefined, 'shop-1'],
    ['team/backups/shop-1/velero-backup.json', 'team', 'shop-1'],
    ['team/backups/shop-1/velero-backup.json', undefined, undefined],
    ['teams/backups/shop-1/velero-backup.json', 'team', undefined],
    ['backups/shop-1/shop-1-logs.gz', undefined, undefined],
    ['backups/../x/velero-backup.json', undefined, undefined],
    ['backups/velero-backup.json', undefined, undefined],
  ])('for %s is for a vault at %s the backup %s', (key, subdirectory, name) => {
    expect(backupOfKey(vault(subdirectory), 'b', key)).toBe(name);
    expect(backupOfKey(vault(subdirectory), 'another', key)).toBeUndefined();
  });

  it('is acted upon only for a terminal backup with its archive that we asked for', async () => {
    const { context, bucket } = setUp();
    const store = bucket.store('vault/');
    const manifest = (phase: string) =>
      store.put('backups/shop-1/velero-backup.json', Buffer.from(JSON.stringify(landed('a', phase).backup)));
    const look = () => landedBackup(context.state, store, 'main', 'shop-1');
    await manifest('InProgress');
    expect(await look()).toEqual({ skipped: 'its phase is InProgress' });
    await manifest('Completed');
    expect(await look()).toEqual({ skipped: 'its archive is not there' });
    await store.put('backups/shop-1/shop-1.tar.gz', Buffer.from('x'));
    expect(await look()).toEqual({ skipped: 'this installation did not ask for it' });
    await createRequest(context.state, { ...request, vault: 'another' });
    expect(await look()).toEqual({ skipped: 'this installation did not ask for it' });
    bucket.objects.delete('state/runs/backups/shop-1/request.json');
    await createRequest(context.state, request);
    expect(await look()).toMatchObject({ name: 'shop-1', request: { cluster: 'a' } });
  });
});
