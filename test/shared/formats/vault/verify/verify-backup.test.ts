import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startSandboxCluster } from '../../../../../local/cluster/server';
import { LifeboatError } from '../../../../../shared/platform/errors';
import type { OriginVerdict } from '../../../../../shared/formats/manifests/origin-verdict';
import type { Verification } from '../../../../../shared/formats/vault/verify/verification';
import { verifyBackup } from '../../../../../shared/formats/vault/verify/verify-backup';
import { MemoryBucket } from '../../../../harness/memory-bucket';
import { MemoryStore } from '../../../../harness/memory-store';
import { BackupRig, connected } from '../../../operations/backup/backup-rig';
import { badConfigMaps, configMapItem, putEarlierArchive } from '../archive/earlier-archive';
import { fixtureVaults } from '../fixture-vaults';

const temporaryDirectory = mkdtempSync(join(tmpdir(), 'lifeboat-verify-'));
afterAll(() => {
  expect(readdirSync(temporaryDirectory)).toEqual([]);
  rmSync(temporaryDirectory, { recursive: true });
});

const backupName = 'shop-1';
const manifestKey = `backups/${backupName}/velero-backup.json`;
const key = (suffix: string) => `backups/${backupName}/${backupName}${suffix}`;
const all = [
  manifestKey,
  ...[
    '.tar.gz',
    '-lifeboat.json.gz',
    '-logs.gz',
    '-results.gz',
    '-resource-list.json.gz',
    '-volumeinfo.json.gz',
    '-podvolumebackups.json.gz',
    '-volumesnapshots.json.gz',
    '-itemoperations.json.gz',
  ].map(key),
];

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: other, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {currency: CNY}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}], selector: {app: web}}
`;

/** The objects of one backup, as `backUp` left them in OSS. */
const written = new Map<string, Buffer>();

beforeAll(async () => {
  const rig = await BackupRig.start();
  const sandbox = await startSandboxCluster({ name: 'a' });
  try {
    await sandbox.load(shop);
    await sandbox.settled();
    const cluster = await connected('a', sandbox.kubeconfig);
    await rig.backUp(cluster, backupName, {
      includedNamespaces: ['shop'],
      metadata: { labels: { purpose: 'proof' } },
    });
    for await (const { objects } of rig.vault.list(''))
      for (const object of objects) written.set(object.key, (await rig.vault.get(object.key)).body);
    cluster.close();
  } finally {
    await sandbox.close();
    await rig.stop();
  }
});

const origin: OriginVerdict = { verdict: 'proved', by: 'the test' };

function verify(changes: Record<string, Buffer | undefined> = {}, name = backupName): Promise<Verification> {
  const bucket = new MemoryBucket();
  for (const [one, body] of new Map([...written, ...Object.entries(changes)]))
    if (body) bucket.write(one, body);
  return verifyBackup(new MemoryStore(bucket), name, { temporaryDirectory, origin });
}

const broken = ({ parts }: Verification) =>
  parts.filter(({ proof }) => proof === 'broken').map(({ what }) => what);

describe('a backup of ours', () => {
  it('is proved in every object and every count', async () => {
    expect([...written.keys()].sort()).toEqual([...all].sort());
    const seen: (number | undefined)[][] = [];
    const bucket = new MemoryBucket();
    for (const [one, body] of written) bucket.write(one, body);
    const verification = await verifyBackup(new MemoryStore(bucket), backupName, {
      temporaryDirectory,
      origin,
      progress: (...progress) => void seen.push(progress),
    });
    const list = JSON.parse(gunzipSync(written.get(key('-resource-list.json.gz'))!).toString());
    const items = Object.values(list).flat().length;
    expect(verification).toMatchObject({ backup: backupName, writer: 'lifeboat', proof: 'proved', items });
    expect(verification.bytes).toBe([...written.values()].reduce((sum, body) => sum + body.length, 0));
    expect(verification.parts.map(({ what }) => what)).toEqual(expect.arrayContaining(all));
    expect(verification.parts.filter(({ proof }) => proof !== 'proved')).toEqual([]);
    expect(seen).toEqual(Array.from({ length: items }, (_, index) => [index + 1, items]));
  });

  it.each([
    ['unproved', 'unprovable'],
    ['unprovable', 'unprovable'],
    ['broken', 'broken'],
  ] as const)(
    'that is %s by its origin is never called proved, however whole it is',
    async (verdict, proof) => {
      const bucket = new MemoryBucket();
      for (const [one, body] of written) bucket.write(one, body);
      const verification = await verifyBackup(new MemoryStore(bucket), backupName, {
        origin: { verdict, reason: 'somebody wrote it' },
        temporaryDirectory,
      });
      expect(verification.proof).toBe(proof);
      expect(verification.parts.filter((part) => part.proof !== 'proved')).toEqual([
        { what: 'who wrote it', proof, reason: 'somebody wrote it' },
      ]);
    },
  );

  it('can be proved with sha256sum alone, as docs/consistency.md says', () => {
    const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
    const text = written.get(manifestKey)!.toString();
    const { annotations } = JSON.parse(text).metadata;
    const own = annotations['lifeboat/backup-sha256'];
    expect(sha256(text.replace(own, '0'.repeat(64)))).toBe(own);
    const catalogue = written.get(key('-lifeboat.json.gz'))!;
    expect(annotations['lifeboat/catalogue-sha256']).toBe(sha256(catalogue));
    const { objects } = JSON.parse(gunzipSync(catalogue).toString()) as {
      objects: Record<string, { size: number; sha256: string }>;
    };
    const others = all.filter((one) => one !== manifestKey && one !== key('-lifeboat.json.gz'));
    expect(Object.keys(objects).sort()).toEqual([...others].sort());
    for (const one of others) {
      expect(objects[one]).toMatchObject({
        size: written.get(one)!.length,
        sha256: sha256(written.get(one)!),
      });
    }
  });

  describe.each(all)('with damage in %s', (one) => {
    // Bytes that a gzip reader passes over (times, system, lengths of nothing) are in the first and last ones.
    const edge = (length: number) => fc.constantFrom(0, 3, 4, 8, 9, 10, length - 9, length - 8, length - 1);
    const place = (length: number) => fc.oneof(edge(length), fc.nat(length - 1));

    it('is found broken for one flipped bit anywhere', async () => {
      const { length } = written.get(one)!;
      await fc.assert(
        fc.asyncProperty(place(length), fc.nat(7), async (at, bit) => {
          const bytes = Buffer.from(written.get(one)!);
          bytes[at]! ^= 1 << bit;
          expect(broken(await verify({ [one]: bytes }))).toContain(one);
        }),
        { numRuns: 60 },
      );
    }, 60_000);

    it('is found broken for one missing byte anywhere', async () => {
      const { length } = written.get(one)!;
      await fc.assert(
        fc.asyncProperty(place(length), async (at) => {
          const bytes = written.get(one)!;
          const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
          expect(broken(await verify({ [one]: shorter }))).toContain(one);
        }),
        { numRuns: 30 },
      );
    }, 60_000);

    it('is found broken for bytes behind its end', async () => {
      const longer = Buffer.concat([written.get(one)!, Buffer.from('\n')]);
      expect(broken(await verify({ [one]: longer }))).toContain(one);
    });

    if (one !== manifestKey)
      it('is found broken without it', async () => {
        expect(broken(await verify({ [one]: undefined }))).toContain(one);
      });
  });

  it('is found broken when a file was written anew with the same content', async () => {
    const one = key('-results.gz');
    const anew = gzipSync(gunzipSync(written.get(one)!), { level: 0 });
    expect(broken(await verify({ [one]: anew }))).toEqual([one]);
  });

  it('is not found whole with an object beside it that is not part of it', async () => {
    const verification = await verify({ [key('-more.json.gz')]: Buffer.from('x') });
    expect(verification.proof).toBe('unprovable');
    expect(verification.parts.filter(({ proof }) => proof !== 'proved')).toMatchObject([
      { what: key('-more.json.gz') },
    ]);
  });

  it('is not-found without its velero-backup.json, and a store that does not answer is no verdict', async () => {
    await expect(verify({ [manifestKey]: undefined })).rejects.toMatchObject({ kind: 'not-found' });
    const bucket = new MemoryBucket();
    for (const [one, body] of written) bucket.write(one, body);
    const store = new MemoryStore(bucket, '', {
      before: (operation) => {
        if (operation === `get ${key('-results.gz')}`) throw new LifeboatError('unavailable', 'no answer');
      },
    });
    const verification = verifyBackup(store, backupName, { temporaryDirectory, origin });
    await expect(verification).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a backup by a real Velero', () => {
  const cases = fixtureVaults().flatMap(({ store, backups }) => backups.map((backup) => ({ store, backup })));

  it.each(cases)(
    'has its counts proved and its bytes called unprovable: $backup',
    async ({ store, backup }) => {
      const verification = await verifyBackup(store, backup, { temporaryDirectory, origin });
      expect(verification).toMatchObject({ writer: 'velero', proof: 'unprovable' });
      expect(broken(verification)).toEqual([]);
      for (const { what, proof, reason } of verification.parts) {
        if (what.startsWith('backups/'))
          expect([proof, reason]).toEqual(['unprovable', expect.stringMatching(/no checksum/)]);
      }
      const counts = verification.parts.filter(
        ({ what }) => !what.startsWith('backups/') && what !== 'who wrote it',
      );
      // Two pods were listed and, for their failed hooks, not stored.
      const open =
        backup === 'partial' ? [expect.objectContaining({ reason: expect.stringMatching(/^2 listed/) })] : [];
      expect(counts.filter(({ proof }) => proof !== 'proved')).toEqual(open);
      expect(counts).toHaveLength(3);
    },
  );

  const { store } = cases.find(({ backup }) => backup === 'shop-fs')!;
  const at = (suffix: string) => `backups/shop-fs/shop-fs${suffix}`;
  const changed = async (one: string, change: (bytes: Buffer) => Buffer) => {
    const bucket = new MemoryBucket();
    for (const [name, { body }] of store.memory.objects)
      bucket.write(name, name === one ? change(body) : body);
    return broken(await verifyBackup(new MemoryStore(bucket), 'shop-fs', { temporaryDirectory, origin }));
  };
  const edited = (edit: (json: Record<string, string[]>) => void) => (bytes: Buffer) => {
    const json = JSON.parse(gunzipSync(bytes).toString());
    edit(json);
    return gzipSync(JSON.stringify(json));
  };

  it.each(['.tar.gz', '-logs.gz', '-results.gz', '-volumeinfo.json.gz'])(
    'is broken with a cut %s',
    async (suffix) => {
      const cut = await changed(at(suffix), (bytes) => bytes.subarray(0, bytes.length - 9));
      expect(cut).toContain(at(suffix));
    },
  );

  it('is broken when the resource list names more, or less, than there is', async () => {
    const list = at('-resource-list.json.gz');
    const against = [
      'the archive against the resource list',
      'the number of objects against velero-backup.json',
    ];
    expect(
      await changed(
        list,
        edited((json) => void json['v1/Pod']!.push('shop/ghost')),
      ),
    ).toEqual(against.slice(0, 1));
    expect(
      await changed(
        list,
        edited((json) => void delete json['v1/Pod']),
      ),
    ).toEqual(against);
  });

  it('is broken when the counts of velero-backup.json are not those of the results', async () => {
    const text = (bytes: Buffer) =>
      Buffer.from(bytes.toString().replace('"version": 1,', '"version": 1, "errors": 2,'));
    expect(await changed('backups/shop-fs/velero-backup.json', text)).toEqual([
      'errors and warnings against the results',
    ]);
  });

  describe.each(cases)('as an older Velero would have written $backup', ({ store: newer, backup }) => {
    const place = (suffix: string) => `backups/${backup}/${backup}${suffix}`;
    const listKey = place('-resource-list.json.gz');
    const results = place('-results.gz');
    /** The backup without some files, its status changed. */
    async function older(without: string[], change: (status: Record<string, unknown>) => void) {
      const bucket = new MemoryBucket();
      for (const [name, { body }] of newer.memory.objects) {
        if (without.includes(name)) continue;
        if (name !== `backups/${backup}/velero-backup.json`) bucket.write(name, body);
        else {
          const json = JSON.parse(body.toString());
          change(json.status);
          bucket.write(name, Buffer.from(JSON.stringify(json)));
        }
      }
      return verifyBackup(new MemoryStore(bucket), backup, { temporaryDirectory, origin });
    }
    const count = 'the number of objects against velero-backup.json';

    it.each<[string, string[], (status: Record<string, unknown>) => void]>([
      ['without a progress', [], (status) => void delete status.progress],
      ['with an empty progress', [], (status) => void Object.assign(status, { progress: {} })],
      ['with a progress of null', [], (status) => void Object.assign(status, { progress: null })],
      ['without a progress and a resource list', [listKey], (status) => void delete status.progress],
      [
        'without results and counts of them',
        [results],
        (status) => {
          delete status.errors;
          delete status.warnings;
        },
      ],
      [
        'without counts of its results',
        [],
        (status) => {
          delete status.errors;
          delete status.warnings;
        },
      ],
    ])('is not called broken %s', async (what, without, change) => {
      const verification = await older(without, change);
      // Two listed pods are not there, and without its count of errors nothing says why.
      const expected =
        backup === 'partial' && /counts/.test(what) ? ['the archive against the resource list', count] : [];
      expect(broken(verification).filter((part) => !expected.includes(part))).toEqual([]);
      expect(verification.proof === 'broken').toBe(broken(verification).length > 0);
    });

    it('may lack its archive when it ended Failed, and not when it is Completed', async () => {
      const archive = place('.tar.gz');
      const failed = await older([archive], (status) => void Object.assign(status, { phase: 'Failed' }));
      expect(broken(failed)).toEqual([]);
      const completed = await older(
        [archive],
        (status) => void Object.assign(status, { phase: 'Completed' }),
      );
      expect(broken(completed)).toEqual([archive]);
    });

    it('has its number of objects proved without a resource list', async () => {
      const { parts, proof } = await older([listKey], () => {});
      expect(proof).toBe('unprovable');
      expect(parts.find(({ what }) => what === count)?.proof).toBe(
        backup === 'partial' ? 'unprovable' : 'proved',
      );
    });

    it('is broken without a resource list when more objects were counted than are there', async () => {
      const more = (status: Record<string, unknown>) => {
        const progress = status.progress as { itemsBackedUp: number };
        progress.itemsBackedUp += 3;
      };
      expect(broken(await older([listKey], more))).toEqual([count]);
    });
  });
});

describe('a backup of an earlier release, with objects that no reader takes', () => {
  const verified = async (judged: OriginVerdict) => {
    const store = new MemoryStore();
    for (const [one, body] of written) store.memory.write(one, body);
    const bad = badConfigMaps('shop').map(([, item]) => item);
    await putEarlierArchive(store, backupName, [configMapItem('shop', 'settings'), ...bad]);
    return {
      bad,
      parts: (await verifyBackup(store, backupName, { temporaryDirectory, origin: judged })).parts,
    };
  };
  const counts = 'the number of objects of each resource against the catalogue';

  it('is the archive that was written, with a finding for each of them', async () => {
    const { parts, bad } = await verified(origin);
    const found = parts.filter(({ what }) => what === 'an object of the archive');
    expect(found).toHaveLength(bad.length);
    for (const part of found)
      expect(part).toMatchObject({
        proof: 'broken',
        reason: expect.stringMatching(/^cannot be restored, the others can: .*entry "/),
      });
    expect(parts).toContainEqual({ what: key('.tar.gz'), proof: 'proved' });
    // One of them names a namespace that no object can have, and counts all the same.
    expect(parts).toContainEqual({ what: counts, proof: 'proved' });
  });

  it('is a broken archive where nothing proves its origin', async () => {
    const { parts } = await verified({ verdict: 'unproved', reason: 'nobody signed it' });
    expect(parts.filter(({ what }) => what === 'an object of the archive')).toEqual([]);
    expect(parts).toContainEqual(expect.objectContaining({ what: key('.tar.gz'), proof: 'broken' }));
  });
});
