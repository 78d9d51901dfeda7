import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import type { OriginVerdict } from '../../../../../shared/formats/manifests/origin-verdict';
import { LifeboatError } from '../../../../../shared/platform/errors';
import type { ArchivedItem, BackupContents } from '../../../../../shared/formats/vault/archive-types';
import { openContents } from '../../../../../shared/formats/vault/archive/contents';
import type { SkippedEntry } from '../../../../../shared/formats/vault/archive/skipped-entries';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { MemoryStore } from '../../../../harness/memory-store';
import type { WholeItem } from './batches';
import { badConfigMaps, configMapItem, putEarlierArchive } from './earlier-archive';

const backupName = 'earlier';
const proved: OriginVerdict = { verdict: 'proved', by: 'the test' };

interface Opened {
  contents: BackupContents;
  skipped: SkippedEntry[];
}

/** An archive with these objects as an earlier release wrote it; `change` is made to it afterwards. */
async function opened(
  items: readonly WholeItem[],
  origin: OriginVerdict = proved,
  change: (archive: Buffer) => void = () => {},
): Promise<Opened> {
  const store = new MemoryStore();
  const archive = Buffer.from(await putEarlierArchive(store, backupName, items));
  change(archive);
  store.memory.write(backupKeys(backupName).archive, archive);
  const skipped: SkippedEntry[] = [];
  const contents = await openContents(store, backupName, {
    temporaryDirectory: tmpdir(),
    origin,
    skipped: (entry) => void skipped.push(entry),
  });
  return { contents, skipped };
}

async function checked({ contents }: Opened): Promise<string[]> {
  const names: string[] = [];
  await contents.check(({ name }) => void names.push(name));
  return names;
}

async function named(items: AsyncIterable<ArchivedItem>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of items) names.push(name);
  return names;
}

const before = configMapItem('shop', 'before');
const behind = configMapItem('shop', 'behind');
const pods: WholeItem = {
  groupResource: 'pods',
  version: 'v1',
  namespace: 'shop',
  name: 'p',
  body: Buffer.from('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"shop"}}'),
};

describe('a bad entry of an archive that an earlier release wrote', () => {
  describe.each(badConfigMaps('shop'))('with %s', (_, bad) => {
    it('is skipped and told once, and every other object is read, in each pass', async () => {
      const archive = await opened([before, bad, behind, pods]);
      expect(await checked(archive)).toEqual(['before', 'behind', 'p']);
      expect(await named(archive.contents.items(['configmaps']))).toEqual(['before', 'behind']);
      expect(await checked(archive)).toEqual(['before', 'behind', 'p']);
      expect(archive.skipped).toEqual([
        {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be in it.
          message: expect.not.stringMatching(/[\u0000-\u001f]/),
          ref: expect.objectContaining({ groupResource: 'configmaps', namespace: bad.namespace }),
        },
      ]);
      expect(archive.skipped[0]!.message.length).toBeLessThan(500);
      await archive.contents.close();
    });

    it('keeps no other object from being read alone, and is an error that names it itself', async () => {
      const archive = await opened([before, bad, behind, pods]);
      expect((await archive.contents.item(behind))?.name).toBe('behind');
      const { name, namespace } = bad;
      // Bytes that are not UTF-8 come back as other characters.
      if (name === 'b\ud800') return;
      await expect(
        archive.contents.item({ groupResource: 'configmaps', name, namespace: namespace! }),
      ).rejects.toMatchObject({ kind: 'corrupt' });
    });

    it.each<OriginVerdict>([
      { verdict: 'unproved', reason: 'nobody signed it' },
      { verdict: 'unprovable', reason: 'Velero wrote it' },
    ])('makes the archive corrupt where its origin is $verdict', async (origin) => {
      const archive = await opened([before, bad, behind], origin);
      await expect(checked(archive)).rejects.toMatchObject({ kind: 'corrupt' });
      expect(archive.skipped).toEqual([]);
    });
  });

  it('that is there twice is told, and the first of the two is read', async () => {
    const twice = ['first', 'second'].map((text) =>
      configMapItem(
        'shop',
        'twice',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'twice', namespace: 'shop' },
          data: { text },
        }),
      ),
    );
    const archive = await opened([before, ...twice, behind]);
    const bodies: string[] = [];
    await archive.contents.check(({ body }) => void bodies.push(body.toString()));
    const again: string[] = [];
    for await (const { body } of archive.contents.items(['configmaps'])) again.push(body.toString());
    expect(again).toEqual(bodies);
    expect(bodies.filter((body) => body.includes('twice'))).toEqual([expect.stringContaining('first')]);
    expect(archive.skipped).toEqual([
      {
        message: expect.stringContaining('is there twice'),
        ref: { groupResource: 'configmaps', namespace: 'shop', name: 'twice' },
      },
    ]);
  });

  it('is also one that a reader finds corrupt by what its kind is', async () => {
    const archive = await opened([before, pods, behind]);
    await archive.contents.check((item) => {
      if (item.name === 'p') throw new LifeboatError('corrupt', 'pods shop/p is not shaped as its kind is');
    });
    expect(await named(archive.contents.items(['configmaps', 'pods']))).toEqual(['before', 'behind']);
    expect(archive.skipped.map(({ message }) => message)).toEqual([
      'pods shop/p is not shaped as its kind is',
    ]);
  });

  it('is not an error of the reader itself', async () => {
    const archive = await opened([before, pods]);
    const failing = archive.contents.check(() => {
      throw new LifeboatError('unavailable', 'the disk is full');
    });
    await expect(failing).rejects.toMatchObject({ kind: 'unavailable' });
  });

  describe('of an object in two versions', () => {
    const gadget = (version: string, body?: string): WholeItem => {
      const metadata = { name: 'g', namespace: 'shop' };
      const whole = { apiVersion: `example.com/${version}`, kind: 'Gadget', metadata };
      return {
        groupResource: 'gadgets.example.com',
        version,
        preferred: version === 'v1',
        ...metadata,
        body: Buffer.from(body ?? JSON.stringify(whole)),
      };
    };

    it.each<[string, WholeItem[], (string | undefined)[]]>([
      [
        'in the other one leaves that of the classic path',
        [gadget('v1'), gadget('v2', 'no JSON')],
        [undefined],
      ],
      [
        'on the classic path leaves none: its error says that it is not restored',
        [gadget('v1', 'no JSON'), gadget('v2')],
        [],
      ],
    ])('%s', async (_, items, expected) => {
      const archive = await opened(items);
      await archive.contents.check(
        () => {},
        () => {},
      );
      const read: (string | undefined)[] = [];
      for await (const { version } of archive.contents.items(['gadgets.example.com'], () => 'v2'))
        read.push(version);
      expect(read).toEqual(expected);
      expect(archive.skipped).toHaveLength(1);
    });
  });

  it.each([
    ['namespaces', 'a version called namespaces'],
    ['v1-preferredversion', 'a version that looks like a preferred one'],
  ])('in a version called %s is told by its number', async (version) => {
    const odd: WholeItem = { ...before, groupResource: 'gadgets.example.com', version, preferred: false };
    const archive = await opened([before, odd]);
    expect(await checked(archive)).toEqual(['before']);
    expect(archive.skipped.map(({ message }) => message)).toEqual([expect.stringContaining('1 object')]);
  });

  it('of thousands costs a line each and no more', async () => {
    const bad = Array.from({ length: 3_000 }, (_, index) => configMapItem('shop', `${index}%`));
    const archive = await opened([before, ...bad, behind]);
    expect(await checked(archive)).toEqual(['before', 'behind']);
    expect(archive.skipped).toHaveLength(3_000);
  });

  it('lets no other bytes pass: a member that is not what was written is corrupt', async () => {
    const items = [before, badConfigMaps('shop')[0]![1], behind];
    const archive = await opened(items, proved, (bytes) => {
      bytes[bytes.length - 30]! ^= 1;
    });
    await expect(checked(archive)).rejects.toMatchObject({ kind: 'corrupt' });
  });
});
