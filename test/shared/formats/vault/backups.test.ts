import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../shared/platform/errors';
import { parseBackup, readBackup } from '../../../../shared/formats/vault/backup-manifest';
import {
  type BackupPage,
  type ListBackupsOptions,
  listBackups,
} from '../../../../shared/formats/vault/backups';
import { describeBackup } from '../../../../shared/formats/vault/describe-backup';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { readLog } from '../../../../shared/formats/vault/side-files/read-log';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { fixtureVaults } from './fixture-vaults';

const vaults = fixtureVaults();

async function list(store: MemoryStore, options?: ListBackupsOptions) {
  const all: Omit<BackupPage, 'date'> = { backups: [], unreadable: [], invisible: [] };
  for await (const page of listBackups(store, options)) {
    all.backups.push(...page.backups);
    all.unreadable.push(...page.unreadable);
    all.invisible.push(...page.invisible);
  }
  return all;
}

function manifest(name: string, changes: object = {}): Buffer {
  const backup = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name }, spec: {}, status: {} };
  return Buffer.from(JSON.stringify({ ...backup, ...changes }));
}

describe('vaults by real Velero servers', () => {
  it.each(vaults)('lists every backup of $server', async ({ store, backups }) => {
    const found = await list(store);
    expect(found.backups.map(({ name }) => name).sort()).toEqual([...backups].sort());
    expect(found).toMatchObject({ unreadable: [], invisible: [] });
    for (const backup of found.backups) {
      expect(backup).toMatchObject({
        writer: 'velero',
        phase: backup.name === 'partial' ? 'PartiallyFailed' : 'Completed',
        errors: backup.name === 'partial' ? 4 : 0,
        startTimestamp: expect.stringMatching(/^2026-11-22T2\d:/),
        expiration: expect.stringMatching(/^2026-12-22T/),
      });
      expect(backup.items).toBeGreaterThan(0);
    }
  });

  it.each(vaults.flatMap(({ store, backups }) => backups.map((backup) => ({ store, backup }))))(
    'describes $backup and reads its log',
    async ({ store, backup }) => {
      const description = await describeBackup(store, backup);
      expect(description).toMatchObject({ writer: 'velero', problems: [], catalogue: undefined });
      expect(Object.keys(description.resourceList ?? {}).length).toBeGreaterThan(3);
      expect(description.results?.errors.velero?.length ?? 0).toBe(description.backup.status.errors ?? 0);
      expect(description.volumeSnapshots).toEqual([]);
      expect(description.sizes[backupKeys(backup).archive]).toBeGreaterThan(1000);
      let log = '';
      for await (const chunk of readLog(store, backupKeys(backup).logs)) log += chunk.toString();
      expect(log).toMatch(/^time="2026-11-22T\d\d:\d\d:\d\dZ" level=/);
    },
  );
});

describe('listing backups', () => {
  it('reports a manifest that cannot be read, and stops nothing else', async () => {
    const bucket = new MemoryBucket();
    const broken = {
      half: Buffer.from('{"kind":'),
      renamed: manifest('other'),
      odd: manifest('odd', { kind: 'Restore' }),
    };
    for (const [name, bytes] of Object.entries({ ...broken, fine: manifest('fine') })) {
      bucket.write(backupKeys(name).manifest, bytes);
    }
    const { backups, unreadable } = await list(new MemoryStore(bucket));
    expect(backups.map(({ name }) => name)).toEqual(['fine']);
    expect(unreadable).toEqual([
      { name: 'half', problem: expect.stringContaining('backups/half/velero-backup.json is not valid JSON') },
      { name: 'odd', problem: expect.stringContaining('has a wrong kind') },
      { name: 'renamed', problem: expect.stringContaining('names another backup') },
    ]);
  });

  it('tells our backups from others, and what is not visible from both', async () => {
    const bucket = new MemoryBucket();
    bucket.write('backups/', Buffer.alloc(0));
    bucket.write(backupKeys('a').manifest, manifest('a'));
    // `-` sorts before `/`: the directories of these two must not be mixed up.
    bucket.write(backupKeys('a-b').manifest, manifest('a-b'));
    bucket.write(backupKeys('a-b').catalogue, Buffer.from('1234'));
    bucket.write(backupKeys('leaving').archive, Buffer.from('x'));
    const { backups, invisible } = await list(new MemoryStore(bucket));
    expect(backups.map(({ name, writer }) => [name, writer])).toEqual([
      ['a-b', 'lifeboat'],
      ['a', 'velero'],
    ]);
    expect(backups[0]?.bytes).toBe(4 + manifest('a-b').length);
    expect(invisible).toEqual(['leaving']);
  });

  it('fetches only manifests that are not known with their ETag', async () => {
    const bucket = new MemoryBucket();
    for (const name of ['a', 'b']) bucket.write(backupKeys(name).manifest, manifest(name));
    const requests: string[] = [];
    const store = new MemoryStore(bucket, '', { before: (request) => void requests.push(request) });
    const before = await list(store);
    requests.length = 0;
    const known: ListBackupsOptions['known'] = (name, etag) =>
      before.backups.find((one) => one.name === name && one.etag === etag);
    bucket.write(backupKeys('b').manifest, manifest('b', { status: { phase: 'Completed' } }));
    const after = await list(store, { known });
    expect(after.backups.map(({ phase }) => phase)).toEqual([undefined, 'Completed']);
    expect(requests.filter((request) => request.startsWith('get'))).toEqual([
      'get backups/b/velero-backup.json',
    ]);
  });

  it('finds nothing in an empty vault', async () => {
    expect(await list(new MemoryStore())).toEqual({ backups: [], unreadable: [], invisible: [] });
  });
});

describe('a manifest', () => {
  it('is read with unknown fields kept and nulls left out', () => {
    const bytes = manifest('x', { status: { phase: 'Soon', expiration: null, later: { a: 1 } }, spec: null });
    expect(parseBackup('x', bytes)).toMatchObject({ spec: {}, status: { phase: 'Soon', later: { a: 1 } } });
    expect('expiration' in parseBackup('x', bytes).status).toBe(false);
  });

  it.each([
    ['a time that is none', { status: { expiration: 'soon' } }, 'status.expiration'],
    ['a phase that is no text', { status: { phase: 7 } }, 'status.phase'],
    ['labels that are no texts', { metadata: { name: 'x', labels: { a: {} } } }, 'metadata.labels.a'],
    ['another API', { apiVersion: 'velero.io/v2' }, 'apiVersion'],
  ])('with %s is refused, naming the field', (_, changes, field) => {
    expect(() => parseBackup('x', manifest('x', changes))).toThrow(
      `backups/x/velero-backup.json has a wrong ${field}`,
    );
  });

  it('that is not there is named with its vault', async () => {
    await expect(readBackup(new MemoryStore(), 'x')).rejects.toMatchObject({
      kind: 'not-found',
      message: 'there is no backup x in oss://memory/',
    });
  });
});

describe('describing a backup', () => {
  it('tolerates absent side files and reports damaged ones', async () => {
    const bucket = new MemoryBucket();
    const keys = backupKeys('x');
    bucket.write(keys.manifest, manifest('x'));
    bucket.write(keys.results, Buffer.from('no gzip'));
    bucket.write(keys.resourceList, gzipSync('no JSON'));
    bucket.write(keys.volumeInfo, gzipSync('{}'));
    bucket.write(keys.podVolumeBackups, gzipSync('null'));
    const description = await describeBackup(new MemoryStore(bucket), 'x');
    expect(description).toMatchObject({
      podVolumeBackups: [],
      itemOperations: undefined,
      results: undefined,
    });
    expect(description.problems).toEqual([
      expect.stringContaining(`${keys.resourceList} does not hold valid JSON`),
      expect.stringContaining(`${keys.results} is not a readable gzip`),
      expect.stringContaining(`${keys.volumeInfo} is not of its kind`),
    ]);
  });
});

describe('a vault with an object that may not be read', () => {
  it('lists it as a line with the reason, and all others', async () => {
    const store = new MemoryStore(new MemoryBucket(), '', {
      before: (op) => {
        if (op === `get ${backupKeys('archived').manifest}`)
          throw new LifeboatError('denied', 'it is in an archive class');
      },
    });
    for (const name of ['archived', 'good']) store.memory.write(backupKeys(name).manifest, manifest(name));
    const { backups, unreadable } = await list(store);
    expect(backups.map(({ name }) => name)).toEqual(['good']);
    expect(unreadable).toEqual([{ name: 'archived', problem: 'it is in an archive class' }]);
  });

  it('lists a manifest that is larger than any Velero writes as unreadable', async () => {
    const store = new MemoryStore();
    store.memory.write(backupKeys('huge').manifest, manifest('huge', { spec: { ttl: 'x'.repeat(2 << 20) } }));
    expect((await list(store)).unreadable.map(({ name }) => name)).toEqual(['huge']);
  });
});

describe('a side file that unpacks to more than its purpose takes', () => {
  it.each<[string, Buffer]>([
    ['spaces', Buffer.alloc(240 << 20, ' ')],
    ['empty objects', Buffer.from(`[${'{},'.repeat(900_000)}{}]`)],
    ['brackets within brackets', Buffer.alloc(20 << 20, '[')],
  ])('is a problem of the description, and is not parsed: %s', async (_, json) => {
    const store = new MemoryStore();
    const keys = backupKeys('bomb');
    store.memory.write(keys.manifest, manifest('bomb'));
    const packed = gzipSync(json);
    expect(packed.length).toBeLessThan(300_000);
    for (const key of [keys.results, keys.resourceList, keys.catalogue, keys.podVolumeBackups])
      store.memory.write(key, packed);
    const { problems } = await describeBackup(store, 'bomb');
    expect(problems).toHaveLength(4);
    for (const problem of problems) expect(problem).toMatch(/accepted/);
  });
});
