import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc64 } from '../../../../../shared/platform/oss/crc64';
import type { ArchivedItem, BackupContents } from '../../../../../shared/formats/vault/archive-types';
import { ArchiveWriter } from '../../../../../shared/formats/vault/archive/archive-writer';
import type { Catalogue } from '../../../../../shared/formats/vault/side-files/catalogue';
import { cataloguedArchive } from '../../../../harness/catalogued-objects';
import { openContents } from '../../../../../shared/formats/vault/archive/contents';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { proofOf } from '../../../../../shared/formats/vault/side-files/object-proof';
import { catalogueFile } from '../../../../../shared/formats/vault/side-files/side-files';
import { MemoryBucket } from '../../../../harness/memory-bucket';
import { MemoryStore } from '../../../../harness/memory-store';
import { batchesOf, type WholeItem } from './batches';

const temporaryDirectory = mkdtempSync(join(tmpdir(), 'lifeboat-own-'));
afterAll(() => rmSync(temporaryDirectory, { recursive: true }));

const backupName = 'mine';
const keys = backupKeys(backupName);

interface Resource {
  groupResource: string;
  apiVersion: string;
  kind: string;
  namespaced: boolean;
}

const resources: Resource[] = [
  { groupResource: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', namespaced: true },
  { groupResource: 'deployments.apps', apiVersion: 'apps/v1', kind: 'Deployment', namespaced: true },
  { groupResource: 'namespaces', apiVersion: 'v1', kind: 'Namespace', namespaced: false },
];

function item(resource: Resource, name: string, namespace: string, text = ''): WholeItem {
  const { groupResource, apiVersion, kind, namespaced } = resource;
  const place = namespaced ? { namespace } : {};
  const object = { apiVersion, kind, metadata: { name, ...place }, data: { text } };
  const version = apiVersion.split('/').pop() ?? '';
  return { groupResource, version, name, ...place, body: Buffer.from(JSON.stringify(object)) };
}

/** A backup as the writer makes it, with its catalogue. */
async function written(items: WholeItem[], memberBytes?: number) {
  const writer = new ArchiveWriter(batchesOf(items), { mtime: new Date(0), memberBytes });
  const chunks: Buffer[] = [];
  for await (const chunk of writer.chunks()) chunks.push(chunk);
  const catalogue: Catalogue = {
    kind: 'Catalogue',
    format: 1,
    installation: 'i',
    clusterUid: 'u',
    cluster: 'a',
    serverVersion: 'v1.37.2',
    apiVersions: {},
    objects: cataloguedArchive(backupName, proofOf(Buffer.concat(chunks))),
    members: writer.members(),
    counts: {},
  };
  return { archive: Buffer.concat(chunks), catalogue };
}

async function vaultOf(
  archive: Buffer,
  catalogue?: Catalogue,
): Promise<{ bucket: MemoryBucket; reads: string[]; store: MemoryStore }> {
  const bucket = new MemoryBucket();
  bucket.write(keys.archive, archive);
  if (catalogue) bucket.write(keys.catalogue, (await catalogueFile(backupName, catalogue)).bytes);
  const reads: string[] = [];
  const store = new MemoryStore(bucket);
  const read = store.read.bind(store);
  store.read = (key, options) => {
    reads.push(`${options?.start ?? 0}-${options?.end ?? 'end'}`);
    return read(key, options);
  };
  return { bucket, reads, store };
}

const open = (store: MemoryStore, keptUpTo?: number) =>
  openContents(store, backupName, { temporaryDirectory, keptUpTo });

async function checked(contents: BackupContents): Promise<ArchivedItem[]> {
  const items: ArchivedItem[] = [];
  await contents.check((one) => void items.push(one));
  return items;
}

async function all(items: AsyncIterable<ArchivedItem>): Promise<ArchivedItem[]> {
  const list: ArchivedItem[] = [];
  for await (const one of items) list.push(one);
  return list;
}

const plain = ({ groupResource, namespace, name, body }: WholeItem | ArchivedItem) => [
  groupResource,
  namespace,
  name,
  body.toString('utf8'),
];

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);
const anyItem = fc
  .record({
    resource: fc.constantFrom(...resources),
    name: fc.oneof(label, fc.stringMatching(/^[a-z]{150,250}$/), fc.constantFrom('system:x', 'ü b')),
    namespace: label,
    text: fc.string({ unit: 'grapheme', maxLength: 2000 }),
  })
  .map(({ resource, name, namespace, text }) => item(resource, name, namespace, text));
const anyItems = fc
  .uniqueArray(anyItem, { selector: (one) => plain(one).slice(0, 3).join('/'), maxLength: 40 })
  .map((items) => items.sort((a, b) => (a.groupResource < b.groupResource ? -1 : 1)));

describe('an archive of ours', () => {
  it('gives back, through its catalogue and without it, whatever was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyItems, fc.constantFrom(2_000, 10_000, undefined), async (items, memberBytes) => {
        const { archive, catalogue } = await written(items, memberBytes);
        for (const vault of [await vaultOf(archive, catalogue), await vaultOf(archive)]) {
          const contents = await open(vault.store);
          expect((await checked(contents)).map(plain)).toEqual(items.map(plain));
          for (const { groupResource } of resources) {
            const expected = items.filter((one) => one.groupResource === groupResource);
            expect((await all(contents.items([groupResource]))).map(plain)).toEqual(expected.map(plain));
          }
          const last = items.at(-1);
          if (last) expect(plain((await contents.item(last))!)).toEqual(plain(last));
          await contents.close();
        }
      }),
      { numRuns: 30 },
    );
  });

  describe('that was replaced by one of the same shape', () => {
    const [wanted] = resources;
    const forged = async (withDigests: boolean) => {
      const { archive, catalogue } = await written([item(wanted!, 'a', 'shop', 'good')]);
      const other = await written([item(wanted!, 'a', 'shop', 'goos')]);
      expect(other.archive).toHaveLength(archive.length);
      expect(other.catalogue.members.map(({ length }) => length)).toEqual(
        catalogue.members.map(({ length }) => length),
      );
      const members = catalogue.members.map(({ sha256, ...member }) =>
        withDigests ? { ...member, sha256 } : member,
      );
      return { good: archive, evil: other.archive, catalogue: { ...catalogue, members } };
    };

    it.each([true, false])('gives not even one object (digests of members: %s)', async (withDigests) => {
      const { evil, catalogue } = await forged(withDigests);
      const contents = await open((await vaultOf(evil, catalogue)).store);
      await expect(contents.item(item(wanted!, 'a', 'shop'))).rejects.toMatchObject({ kind: 'corrupt' });
    });

    it('is found out by one whole reading where its members have no digests', async () => {
      const { good, catalogue } = await forged(false);
      const { store, reads } = await vaultOf(good, catalogue);
      const contents = await open(store);
      for (let times = 0; times < 2; times += 1)
        expect((await contents.item(item(wanted!, 'a', 'shop')))?.body.toString()).toContain('good');
      expect(reads.filter((range) => range === '0-end')).toHaveLength(1);
      expect(reads).toHaveLength(3);
    });
  });

  it('is read only where the wanted resource lies', async () => {
    const items = resources.flatMap((resource) =>
      Array.from({ length: 50 }, (_, index) => item(resource, `o${index}`, 'shop', 'x'.repeat(500))),
    );
    const { archive, catalogue } = await written(items, 20_000);
    const { store, reads } = await vaultOf(archive, catalogue);
    const contents = await open(store);
    await contents.item(items[70]!);
    await all(contents.items(['deployments.apps']));
    const deployments = catalogue.members.filter(({ groupResource }) => groupResource === 'deployments.apps');
    expect(deployments.length).toBeGreaterThan(2);
    const range = `${deployments[0]!.offset}-${deployments.at(-1)!.offset + deployments.at(-1)!.length}`;
    expect(reads).toEqual([range, range]);
  });

  it('does not have an object that it does not have', async () => {
    const { archive, catalogue } = await written([item(resources[0]!, 'one', 'shop')]);
    const contents = await open((await vaultOf(archive, catalogue)).store);
    const ref = { groupResource: 'configmaps', namespace: 'shop', name: 'one' };
    await expect(contents.item({ ...ref, name: 'two' })).resolves.toBeUndefined();
    await expect(contents.item({ ...ref, namespace: 'other' })).resolves.toBeUndefined();
    await expect(contents.item({ ...ref, groupResource: 'secrets' })).resolves.toBeUndefined();
    await expect(contents.item(ref)).resolves.toBeDefined();
  });

  it('may be exchanged by nobody while it is read', async () => {
    const { archive, catalogue } = await written([item(resources[0]!, 'one', 'shop', 'before')]);
    const other = await written([item(resources[0]!, 'one', 'shop', 'behind')]);
    const { store, bucket } = await vaultOf(archive, catalogue);
    const contents = await open(store);
    await checked(contents);
    bucket.write(keys.archive, other.archive);
    await expect(all(contents.items(['configmaps']))).rejects.toMatchObject({ kind: 'corrupt' });
  });

  describe('that is to be kept where it is small', () => {
    const items = resources.map((resource) => item(resource, 'one', 'shop', 'before'));

    it('is fetched once, and gives what was proved whatever happens in the vault meanwhile', async () => {
      const { archive, catalogue } = await written(items);
      const { store, bucket, reads } = await vaultOf(archive, catalogue);
      const contents = await open(store, archive.length);
      await checked(contents);
      bucket.write(keys.archive, Buffer.from('gone'));
      for (const { groupResource } of resources) {
        const expected = items.filter((one) => one.groupResource === groupResource);
        expect((await all(contents.items([groupResource]))).map(plain)).toEqual(expected.map(plain));
      }
      expect((await checked(contents)).map(plain)).toEqual(items.map(plain));
      expect(reads).toEqual(['0-end']);
    });

    it('is fetched part by part where it is one byte larger', async () => {
      const { archive, catalogue } = await written(items);
      const { store, reads } = await vaultOf(archive, catalogue);
      const contents = await open(store, archive.length - 1);
      await checked(contents);
      await all(contents.items([items[0]!.groupResource]));
      expect(reads).toHaveLength(2);
    });

    it('gives nothing that was not proved', async () => {
      const { archive, catalogue } = await written(items);
      catalogue.objects[keys.archive]!.sha256 = '0'.repeat(64);
      const { store, reads } = await vaultOf(archive, catalogue);
      const contents = await open(store, archive.length);
      await expect(checked(contents)).rejects.toMatchObject({ kind: 'corrupt' });
      await all(contents.items([items[0]!.groupResource]));
      expect(reads).toHaveLength(2);
    });
  });
});

describe('a catalogue that lies', () => {
  const items = resources.map((resource) => item(resource, 'one', 'shop'));

  /** Proofs that fit an archive that was exchanged together with its catalogue. */
  function proofs(archive: Buffer): Catalogue['objects'] {
    const sha256 = createHash('sha256').update(archive).digest('hex');
    return { [keys.archive]: { size: archive.length, sha256, crc64: crc64(archive) } };
  }

  it.each<[string, (catalogue: Catalogue, archive: Buffer) => { catalogue?: unknown; archive?: Buffer }]>([
    [
      'of another SHA-256',
      (catalogue) => {
        catalogue.objects[keys.archive]!.sha256 = '0'.repeat(64);
        return { catalogue };
      },
    ],
    [
      'of another CRC-64',
      (catalogue) => {
        catalogue.objects[keys.archive]!.crc64 = '1';
        return { catalogue };
      },
    ],
    [
      'of another length',
      (catalogue) => {
        catalogue.objects[keys.archive]!.size += 1;
        return { catalogue };
      },
    ],
    ['that does not prove the archive', (catalogue) => ({ catalogue: { ...catalogue, objects: {} } })],
    [
      'that leaves the last member out',
      (catalogue) => ({
        catalogue: { ...catalogue, members: catalogue.members.slice(0, -1) },
      }),
    ],
    [
      'that lists a member twice',
      (catalogue) => ({
        catalogue: { ...catalogue, members: [catalogue.members[0], ...catalogue.members] },
      }),
    ],
    [
      'whose member begins before the archive',
      (catalogue) => {
        catalogue.members[0]!.offset = -1;
        return { catalogue };
      },
    ],
    [
      'whose members end behind the archive',
      (catalogue) => {
        catalogue.members.at(-1)!.length = 2 ** 40;
        return { catalogue };
      },
    ],
    [
      'whose members are cut elsewhere than the gzip',
      (catalogue) => {
        const [, first, second] = catalogue.members;
        first!.length += 5;
        second!.offset += 5;
        second!.length -= 5;
        return { catalogue };
      },
    ],
    [
      'that calls a resource by another name',
      (catalogue) => {
        catalogue.members[1]!.groupResource = 'secrets';
        return { catalogue };
      },
    ],
    [
      'that hides objects in the first member',
      (catalogue) => {
        delete catalogue.members[1]!.groupResource;
        return { catalogue };
      },
    ],
    [
      'that counts wrongly',
      (catalogue) => {
        catalogue.members[1]!.items += 1;
        return { catalogue };
      },
    ],
    ['of another kind', (catalogue) => ({ catalogue: { ...catalogue, kind: 'Backup' } })],
    ['of a later format', (catalogue) => ({ catalogue: { ...catalogue, format: 2 } })],
    ['that is no JSON object', () => ({ catalogue: [] })],
    ['beside a shorter archive', (_, archive) => ({ archive: archive.subarray(0, -10) })],
    [
      'beside an archive cut between members, with proofs to match',
      (catalogue, archive) => {
        const cut = archive.subarray(0, catalogue.members.at(-1)!.offset);
        return { archive: cut, catalogue: { ...catalogue, objects: proofs(cut) } };
      },
    ],
    [
      'beside an archive with a trailer in its middle, with proofs to match',
      (catalogue, archive) => {
        const [first, ...rest] = catalogue.members;
        const tar = gunzipSync(archive.subarray(0, first!.length));
        const member = gzipSync(Buffer.concat([tar, Buffer.alloc(1024)]));
        const forged = Buffer.concat([member, archive.subarray(first!.length)]);
        const shift = member.length - first!.length;
        const members = [
          { ...first!, length: member.length },
          ...rest.map((one) => ({ ...one, offset: one.offset + shift })),
        ];
        return { archive: forged, catalogue: { ...catalogue, members, objects: proofs(forged) } };
      },
    ],
    [
      'beside a member that unpacks to 64 MiB',
      (catalogue) => {
        const bomb = gzipSync(Buffer.alloc(64 << 20));
        const members = [{ offset: 0, length: bomb.length, items: 0 }];
        return { archive: bomb, catalogue: { ...catalogue, members, objects: proofs(bomb) } };
      },
    ],
  ])('%s is found out before anything is used', async (_, forge) => {
    const honest = await written(items);
    const forged = forge(structuredClone(honest.catalogue), honest.archive);
    const { store } = await vaultOf(
      forged.archive ?? honest.archive,
      (forged.catalogue ?? honest.catalogue) as Catalogue,
    );
    const outcome = await open(store)
      .then(checked)
      .catch((error: unknown) => error);
    expect(outcome).toMatchObject({ name: 'LifeboatError', kind: 'corrupt' });
    expect((outcome as Error).message).toContain(backupName);
  });
});

describe('opening', () => {
  it('names a backup that has no archive', async () => {
    await expect(open(new MemoryStore())).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining(`backup ${backupName} has no archive`),
    });
  });
});
