import { describe, expect, it } from '@jest/globals';
import { scheduleSchema } from '../../../../shared/formats/manifests/schedule';
import { installationRecord } from '../../../../shared/formats/state/manifests/installation-record';
import { openState } from '../../../../shared/formats/state/state';
import { assertName } from '../../../../shared/platform/input/names';
import { parse } from '../../../../shared/platform/input/parse';
import { countingRandom, FakeClock } from '../../../harness/fake-clock';
import { MemoryBucket } from '../../../harness/memory-bucket';

const vault = (name: string, spec: object = {}) => ({
  kind: 'Vault',
  metadata: { name },
  spec: { region: 'cn-hangzhou', bucket: 'backups', ...spec },
});
const schedule = (name: string, spec: object = {}) => ({
  kind: 'Schedule',
  metadata: { name },
  spec: {
    schedule: '0 2 * * *',
    clusters: ['a'],
    vault: 'main',
    startAt: '2026-11-22T10:00:00Z',
    includeClusterInNames: false,
    template: { includedNamespaces: ['shop'] },
    ...spec,
  },
});
const cluster = (name: string) => ({
  kind: 'Cluster',
  metadata: { name },
  spec: {
    server: 'https://10.0.0.1:6443',
    sealedKubeconfig: {
      version: 1,
      algorithm: 'AES-256-GCM',
      keyId: '0',
      nonce: '0',
      ciphertext: '0',
      tag: '0',
    },
  },
});
const replication = (name: string) => ({
  kind: 'Replication',
  metadata: { name },
  spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
});

function setUp() {
  const bucket = new MemoryBucket(new FakeClock(), 'state-bucket');
  return { bucket, state: openState(bucket.store('lifeboat/')) };
}

describe('what people make', () => {
  it('comes back with its defaults filled in', async () => {
    const { state } = setUp();
    await state.vaults.create(vault('main', { subdirectory: '/team/' }));
    expect(await state.vaults.get('main')).toEqual(
      vault('main', { subdirectory: 'team', networkType: 'public' }),
    );
    await state.schedules.create(schedule('daily'));
    expect((await state.schedules.get('daily')).spec).toMatchObject({
      timeZone: 'UTC',
      paused: false,
      template: { ttl: '720h0m0s' },
    });
  });

  it.each([
    ['vaults', vault],
    ['schedules', schedule],
    ['replications', replication],
  ] as const)('is created by one of two that write %s of the same name at once', async (kind, make) => {
    const { state } = setUp();
    const answers = await Promise.allSettled([state[kind].create(make('x')), state[kind].create(make('x'))]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { kind: 'conflict' },
    });
  });

  it('is listed by name, and one that cannot be read is reported and stops nothing', async () => {
    const { bucket, state } = setUp();
    await state.vaults.create(vault('b'));
    await state.vaults.create(vault('a'));
    const now = new Date();
    bucket.objects.set('lifeboat/vaults/bad.json', {
      body: Buffer.from('{"kind":"Vault"'),
      lastModified: now,
    });
    bucket.objects.set('lifeboat/vaults/odd.json', {
      body: Buffer.from('{"kind":"Vault","x":1}'),
      lastModified: now,
    });
    const { items, unreadable } = await state.vaults.list();
    expect(items.map((item) => item.metadata.name)).toEqual(['a', 'b']);
    expect(unreadable.map(({ name }) => name)).toEqual(['bad', 'odd']);
  });

  it('is left by a change to earlier releases as what they report as unreadable, and no other text', async () => {
    const { bucket, state } = setUp();
    await state.schedules.create(schedule('daily'));
    await state.schedules.change('daily', (now) => ({ ...now, spec: { ...now.spec, paused: true } }));
    // All that such a release knows: one key a name, and the schema that it shares with this one.
    const [mark, revision] = ['daily.json', 'daily.2.json'].map(
      (key) => bucket.objects.get(`lifeboat/schedules/${key}`)!.body,
    );
    expect(() => parse(scheduleSchema, JSON.parse(mark!.toString()), 'schedule "daily"')).toThrow(
      'schedule "daily": metadata.writtenByANewerRelease is not a known field',
    );
    expect(JSON.parse(revision!.toString())).toMatchObject({ spec: { paused: true } });
    expect(() => assertName('schedule', 'daily.2')).toThrow('"daily.2" is not a name for a schedule');
    await state.schedules.remove('daily');
    expect(bucket.objects.get('lifeboat/schedules/daily.json')!.body).toEqual(mark);
    expect(bucket.objects.get('lifeboat/schedules/daily.2.json')!.body.toString()).toBe('\n');
    expect(bucket.objects.get('lifeboat/schedules/daily.3.json')!.body).toHaveLength(0);
  });

  it('keeps no text, and so nothing sealed, of what was changed or deleted', async () => {
    const { bucket, state } = setUp();
    await state.clusters.create(cluster('a'));
    const other = { ...cluster('a').spec.sealedKubeconfig, ciphertext: 'another' };
    await state.clusters.change('a', (now) => ({ ...now, spec: { ...now.spec, sealedKubeconfig: other } }));
    const bodies = () => bucket.keys().map((key) => bucket.objects.get(key)!.body.toString());
    expect(bodies().filter((body) => body.includes('ciphertext'))).toHaveLength(1);
    await state.clusters.remove('a');
    expect(bodies().filter((body) => body.includes('ciphertext'))).toEqual([]);
    expect(await state.clusters.list()).toEqual({ items: [], unreadable: [] });
  });

  it('can be made again under the name of what was deleted', async () => {
    const { state } = setUp();
    await state.vaults.create(vault('main'));
    await state.vaults.remove('main');
    await state.vaults.create(vault('main', { bucket: 'others' }));
    expect((await state.vaults.get('main')).spec.bucket).toBe('others');
    await expect(state.vaults.create(vault('main'))).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('names what is not there', async () => {
    const { state } = setUp();
    await expect(state.clusters.get('nowhere')).rejects.toMatchObject({
      kind: 'not-found',
      message: 'there is no cluster "nowhere"',
    });
    await expect(state.clusters.get('../state')).rejects.toMatchObject({ kind: 'invalid' });
  });

  it.each([
    ['the bucket as a whole', {}],
    ['the folder above', { subdirectory: 'life' }, 'life/boat'],
    ['the folder itself', { subdirectory: 'lifeboat' }],
    ['a folder in it', { subdirectory: 'lifeboat/vault' }],
  ])('refuses a vault that overlaps the state: %s', async (_, spec, prefix = 'lifeboat') => {
    const bucket = new MemoryBucket(new FakeClock(), 'backups');
    const state = openState(bucket.store(`${prefix}/`));
    await expect(state.vaults.create(vault('main', spec))).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('overlaps the state'),
    });
    expect(bucket.keys()).toEqual([]);
  });

  it('lets a vault lie beside the state, also where one name begins like the other', async () => {
    const bucket = new MemoryBucket(new FakeClock(), 'backups');
    const state = openState(bucket.store('lifeboat/'));
    await state.vaults.create(vault('main', { subdirectory: 'lifeboat-vault' }));
    await state.vaults.create(vault('other', { subdirectory: 'life' }));
  });

  it('refuses a schedule whose backups would be named as another one names its own', async () => {
    const { state } = setUp();
    await state.schedules.create(schedule('a', { clusters: ['b', 'c'], includeClusterInNames: true }));
    await expect(state.schedules.create(schedule('a-b'))).rejects.toMatchObject({ kind: 'conflict' });
    await state.schedules.create(schedule('a-d'));
  });
});

describe('a replication', () => {
  const between = (name: string, from: string, to: string, namespaces?: string[]) => ({
    kind: 'Replication',
    metadata: { name },
    spec: { source: { vault: 'main', cluster: from, namespaces }, targets: [to], policy: 'seed' },
  });

  it('that closes a loop is refused, unless the rules of the loop name different namespaces', async () => {
    const { state } = setUp();
    await state.replications.create(between('one', 'a', 'b'));
    await state.replications.create(between('two', 'b', 'c'));
    await expect(state.replications.create(between('three', 'c', 'a'))).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('closes a loop'),
    });
    await state.replications.change('one', () => between('one', 'a', 'b', ['shop']));
    await state.replications.change('two', () => between('two', 'b', 'c', ['shop']));
    await state.replications.create(between('three', 'c', 'a', ['bank']));
  });

  it.each([
    [{ targets: ['a'] }, 'has its source among its targets'],
    [{ targets: [] }, 'spec.targets is empty'],
    [{ policy: 'copy' }, 'spec.policy must be named'],
    [{ policy: 'mirror', trustUnsigned: true }, 'mirrors unsigned backups'],
    [{ unsignedResources: ['clusterroles.rbac.authorization.k8s.io'] }, 'trusts no unsigned backup'],
    [{ trustedKeys: ['abc'] }, 'is not an Ed25519 public key'],
    [{ namespaceMapping: { a: 'c', b: 'c' } }, 'maps two namespaces to one'],
    [{ policy: undefined }, 'spec.policy must be named'],
  ])('with %j is refused', async (spec, message) => {
    const { state } = setUp();
    const wrong = { ...replication('x'), spec: { ...replication('x').spec, ...spec } };
    await expect(state.replications.create(wrong)).rejects.toThrow(message);
  });
});

describe('a registered cluster', () => {
  it('is kept with its kubeconfig sealed only', async () => {
    const { state } = setUp();
    await state.clusters.create(cluster('a'));
    expect((await state.clusters.get('a')).spec).toEqual(cluster('a').spec);
    await expect(
      state.clusters.create({
        ...cluster('b'),
        spec: { ...cluster('b').spec, kubeconfig: 'apiVersion: v1' },
      }),
    ).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('spec.kubeconfig') });
  });
});

describe('the installation', () => {
  it('has one id, also when two first starts happen at once', async () => {
    const { bucket } = setUp();
    const clock = new FakeClock();
    const random = countingRandom();
    const records = await Promise.all(
      [1, 2, 3].map(() => installationRecord(bucket.store('lifeboat/'), { clock, random })),
    );
    expect(new Set(records.map(({ id }) => id)).size).toBe(1);
    expect(bucket.keys()).toEqual(['lifeboat/installation.json']);
  });

  it.each([
    'schedules/nightly.json',
    'schedules/nightly.2.json',
    'clusters/a.json',
    'vaults/main.json',
    'runs/backups/b/request.json',
    'heartbeat.json',
  ])('is not made anew where the state holds %s: one error names both and the remedy', async (key) => {
    const bucket = new MemoryBucket(new FakeClock());
    const store = bucket.store('lifeboat/');
    await store.put(key, Buffer.from('{}'));
    const opened = installationRecord(store, { clock: new FakeClock(), random: countingRandom() });
    await expect(opened).rejects.toMatchObject({
      kind: 'corrupt',
      message: `${store.name}installation.json is gone, but the state is not empty: it holds ${key}`,
      hint: expect.stringContaining('lifeboat state restore'),
    });
    expect(bucket.keys()).toEqual([`lifeboat/${key}`]);
  });

  it('that is gone is told with the id that schedules carry, and is read again once it is put back', async () => {
    const bucket = new MemoryBucket(new FakeClock());
    const store = bucket.store('lifeboat/');
    const deps = { clock: new FakeClock(), random: countingRandom() };
    const { id } = await installationRecord(store, deps);
    const record = (await store.get('installation.json')).body;
    const since = '2026-11-22T10:00:00Z';
    const carried = schedule('nightly', { installationInNames: { id: id.slice(0, 6), since } });
    await store.put('schedules/nightly.json', Buffer.from(JSON.stringify(carried)));
    await store.delete(['installation.json']);
    await expect(installationRecord(store, deps)).rejects.toThrow(`begins with ${id.slice(0, 6)}`);
    await store.put('installation.json', record);
    expect((await installationRecord(store, deps)).id).toBe(id);
  });

  it('costs one request where it is there, and is made after a first start that died before it', async () => {
    const bucket = new MemoryBucket(new FakeClock());
    const store = bucket.store('lifeboat/');
    const deps = { clock: new FakeClock(), random: countingRandom() };
    await store.put('open/first-start', Buffer.alloc(0));
    const { id } = await installationRecord(store, deps);
    const requests: string[] = [];
    bucket.before = (op, key) => {
      requests.push(`${op} ${key}`);
    };
    expect((await installationRecord(store, deps)).id).toBe(id);
    expect(requests).toHaveLength(1);
  });
});
