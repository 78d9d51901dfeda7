import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { acceptBackup } from '../../../../shared/app/backups/mark-backup';
import { replicationStatuses } from '../../../../shared/app/replications/replication-status';
import {
  sharedBucket,
  startTestCluster,
  type TestCluster,
  testInstallation,
  type TestInstallation,
} from './replicating-installations';

jest.setTimeout(60_000);

const configMap = (name: string, data: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
});
const maps = '/api/v1/namespaces/shop/configmaps';
const replicatedBy = 'lifeboat/replicated-by';

let a: TestCluster;
let b: TestCluster;
let lifeboat: TestInstallation;

beforeAll(async () => {
  [a, b] = await Promise.all([startTestCluster('a'), startTestCluster('b')]);
  lifeboat = await testInstallation('i1', sharedBucket(), [a, b]);
  await a.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  for (let n = 0; n < 8; n += 1) await a.send('POST', maps, configMap(`filler-${n}`, { n: String(n) }));
  await a.send('POST', maps, configMap('prices', { apple: '3' }));
  await a.send('POST', maps, configMap('going', { x: '1' }));
  await b.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop' },
  });
  await b.send('POST', maps, configMap('filler-0', { n: 'was here before' }));
  await lifeboat.addRule('standby', {
    source: { vault: 'main', cluster: 'a' },
    targets: ['b'],
    policy: 'mirror',
  });
});
afterAll(() => {
  for (const cluster of [a, b]) {
    cluster?.api.close();
    void cluster?.sandbox.close();
  }
});

const countsOf = async (backup: string) => (await lifeboat.restoreOf('standby', backup))?.result;

describe('a mirror', () => {
  it('creates what is not there, updates what is, and deletes nothing after the first backup', async () => {
    await b.send('POST', maps, configMap('of-b', { y: '1' }));
    await lifeboat.backUp('a', 'daily-1');
    expect(await countsOf('daily-1')).toMatchObject({ phase: 'Completed', counts: { updated: 1 } });
    const created = (await b.get(`${maps}/prices`))!;
    expect(created).toMatchObject({ data: { apple: '3' } });
    expect(created.metadata.labels?.[replicatedBy]).toMatch(/^standby-[0-9a-f]{16}$/);
    expect(created.metadata.annotations?.['lifeboat/origin']).toBe(a.uid);
    // Updated, and so come from the source too; but not created by the rule.
    const updated = (await b.get(`${maps}/filler-0`))!;
    expect(updated).toMatchObject({ data: { n: '0' } });
    expect(updated.metadata.labels?.[replicatedBy]).toBeUndefined();
    expect(updated.metadata.annotations?.['lifeboat/origin']).toBe(a.uid);
  });

  it('finds what it made equal the next time, though it has marks that the source has not', async () => {
    await lifeboat.backUp('a', 'daily-2');
    const result = await countsOf('daily-2');
    expect(result).toMatchObject({ phase: 'Completed', warnings: 0 });
    expect(result!.counts).not.toHaveProperty('updated');
    const [status] = await replicationStatuses(lifeboat.installation, await rules());
    expect(status!.targets).toMatchObject([{ target: 'b', equal: { backup: 'daily-2' } }]);
    expect(status!.lagSeconds).toBeLessThan(60);
  });

  it('deletes what it created and the source no longer has, and nothing else', async () => {
    const { labels, annotations } = (await b.get(`${maps}/going`))!.metadata;
    // As operators copy the labels and annotations of a parent to what they make for it.
    await b.send('POST', maps, configMap('copied-marks', { z: '1' }, { labels, annotations }));
    await a.send('PATCH', `${maps}/prices`, { data: { apple: '4' } });
    for (const name of ['going', 'filler-0']) await a.send('DELETE', `${maps}/${name}`);
    await lifeboat.backUp('a', 'daily-3');
    expect(await countsOf('daily-3')).toMatchObject({
      phase: 'Completed',
      counts: { updated: 1, deleted: 1 },
    });
    expect(await b.get(`${maps}/prices`)).toMatchObject({ data: { apple: '4' } });
    expect(await b.get(`${maps}/going`)).toBeUndefined();
    for (const name of ['of-b', 'copied-marks', 'filler-0'])
      expect(await b.get(`${maps}/${name}`)).toBeDefined();
  });

  it('deletes nothing that a narrower backup was not asked for', async () => {
    const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } };
    await a.send('POST', '/api/v1/namespaces', other);
    // A selector that matches nothing would make the backup PartiallyFailed, which the rule does not take.
    await a.send('PATCH', `${maps}/filler-1`, { metadata: { labels: { app: 'web' } } });
    const narrow = [
      { includedNamespaces: ['shop'], excludedResources: ['cm'] },
      { includedNamespaces: ['shop'], includedResources: ['secrets', 'namespaces'] },
      { includedNamespaces: ['shop'], labelSelector: { matchLabels: { app: 'web' } } },
      { includedNamespaces: ['other'] },
    ];
    let n = 0;
    for (const spec of narrow) {
      n += 1;
      // Accepted beforehand, so that nothing but the filters keeps what is there.
      const place = { vault: 'main', backup: `daily-4-${n}` };
      await lifeboat.installation.state.store.put(
        `accepted/${place.vault}/${place.backup}.json`,
        Buffer.from('{}'),
      );
      await lifeboat.backUp('a', place.backup, spec);
      const result = await countsOf(place.backup);
      expect([n, result?.phase, result?.counts.deleted]).toEqual([n, 'Completed', undefined]);
      expect(await b.get(`${maps}/prices`)).toBeDefined();
    }
  });

  it('deletes nothing after a suspect backup, and does after the next when a person has accepted it', async () => {
    await lifeboat.backUp('a', 'daily-5');
    expect((await countsOf('daily-5'))!.counts.deleted).toBeUndefined();
    for (let n = 1; n < 8; n += 1) await a.send('DELETE', `${maps}/filler-${n}`);
    await lifeboat.backUp('a', 'daily-6');
    expect(await countsOf('daily-6')).toMatchObject({ phase: 'Completed', warnings: 1 });
    expect(await b.get(`${maps}/filler-1`)).toBeDefined();
    await acceptBackup(lifeboat.installation, { vault: 'main', backup: 'daily-6' });
    await lifeboat.backUp('a', 'daily-7');
    expect(await countsOf('daily-7')).toMatchObject({ counts: { deleted: 7 } });
    expect(await b.get(`${maps}/filler-1`)).toBeUndefined();
    expect(await b.get(`${maps}/filler-0`)).toBeDefined();
  });

  it('leaves a namespace that is gone, with all that is in it', async () => {
    for (const name of ['x', 'y', 'z']) await a.send('POST', maps, configMap(name, {}));
    await lifeboat.backUp('a', 'daily-8', { includedNamespaces: ['*'] });
    await a.send('DELETE', '/api/v1/namespaces/shop');
    await a.sandbox.settled();
    const place = { vault: 'main', backup: 'daily-9' };
    await lifeboat.installation.state.store.put(
      `accepted/${place.vault}/${place.backup}.json`,
      Buffer.from('{}'),
    );
    await lifeboat.backUp('a', 'daily-9', { includedNamespaces: ['*'] });
    expect((await countsOf('daily-9'))!.counts.deleted).toBeUndefined();
    expect(await b.get(`${maps}/x`)).toBeDefined();
  });
});

async function rules() {
  return (await lifeboat.installation.state.replications.list()).items;
}
