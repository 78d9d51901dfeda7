import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { archiveLimits, type ArchiveLimits } from '../../../../shared/formats/vault/untrusted/archive-limits';
import type { ArchivedItem } from '../../../../shared/formats/vault/archive-types';
import { openContents } from '../../../../shared/formats/vault/archive/contents';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { configMap, configMapJson, paxHeader, type RawEntry, trailer, tarEntry, tarGz } from './tar-archives';

const temporaryDirectory = mkdtempSync(join(tmpdir(), 'lifeboat-hostile-'));
afterAll(() => rmSync(temporaryDirectory, { recursive: true }));

const archiveKey = 'backups/bad/bad.tar.gz';

/** What a check of an archive finds: its objects and warnings, or the error. */
async function check(archive: Buffer, limits: Partial<ArchiveLimits> = {}) {
  const bucket = new MemoryBucket();
  bucket.write(archiveKey, archive);
  const contents = await openContents(new MemoryStore(bucket), 'bad', {
    temporaryDirectory,
    limits: { ...archiveLimits, ...limits },
  });
  const items: ArchivedItem[] = [];
  try {
    await contents.check((item) => void items.push(item));
    return { items, warnings: contents.warnings ?? [] };
  } finally {
    await contents.close();
  }
}

/** The names of the objects that an archive holds. */
async function names(archive: Buffer): Promise<string[]> {
  return (await check(archive)).items.map(({ name }) => name);
}

function file(entry: Partial<RawEntry>): Buffer {
  const good = { path: 'resources/configmaps/namespaces/shop/bad.json', body: configMapJson('shop', 'bad') };
  return tarEntry({ ...good, ...entry });
}

const good = configMap('shop', 'good');
const gib = 2 ** 30;

describe('a hostile or damaged archive is one error naming the entry', () => {
  it.each<[string, Buffer, string | RegExp]>([
    ['path traversal', tarGz(good, file({ path: 'resources/../../etc/passwd.json' })), '../../etc/passwd'],
    [
      'path traversal in a prefix',
      tarGz(file({ path: 'x.json', prefix: 'resources/..' })),
      'resources/../x.json',
    ],
    ['path traversal in a PAX path', tarGz(paxHeader({ path: '../out.json' }), file({})), '../out.json'],
    [
      'path traversal outside resources/',
      tarGz(file({ path: '../metadata/version' })),
      '../metadata/version',
    ],
    ['an absolute path', tarGz(good, file({ path: '/etc/passwd' })), '/etc/passwd'],
    ['an empty path segment', tarGz(file({ path: 'resources//configmaps/cluster/a.json' })), 'resources//'],
    ['a path that is not UTF-8', tarGz(paxHeader({ path: 'resources/\ud800' }), file({})), 'unsafe path'],
    ['a NUL in a PAX path', tarGz(paxHeader({ path: 'resources/a\0b' }), file({})), 'unsafe path'],
    ['a symbolic link', tarGz(file({ type: '2', body: '', linkname: '/etc/shadow' })), 'a symbolic link'],
    ['a hard link', tarGz(file({ type: '1', body: '', linkname: 'metadata/version' })), 'a hard link'],
    ['a character device', tarGz(file({ type: '3', body: '' })), 'a device'],
    ['a block device', tarGz(file({ type: '4', body: '' })), 'a device'],
    ['a named pipe', tarGz(file({ type: '6', body: '' })), 'a named pipe'],
    ['a GNU sparse file', tarGz(file({ type: 'S' })), 'a sparse file'],
    ['a PAX sparse file', tarGz(paxHeader({ 'GNU.sparse.major': '1' }), file({})), 'sparse'],
    ['an unknown type', tarGz(file({ type: 'Z' })), 'an unknown type'],
    ['a directory with content', tarGz(file({ path: 'resources/', type: '5' })), 'a directory with content'],
    ['a member of 10 GB', tarGz(good, file({ size: 10 * gib })), `has ${10 * gib} bytes`],
    [
      'a member of 10 GB outside resources/',
      tarGz(file({ path: 'x', size: 10 * gib })),
      `has ${10 * gib} bytes`,
    ],
    ['a member of 2^63 bytes', tarGz(file({ size: 2n ** 63n - 1n })), 'bytes; at most'],
    ['a size only in PAX', tarGz(paxHeader({ size: `${10 * gib}` }), file({})), `has ${10 * gib} bytes`],
    ['a size that is no number', tarGz(paxHeader({ size: '-1' }), file({})), 'an impossible size'],
    [
      'a PAX header of 10 GB',
      tarGz(tarEntry({ path: 'pax', type: 'x', size: 10 * gib })),
      'extended header of',
    ],
    [
      'a global PAX header of 10 GB',
      tarGz(tarEntry({ path: 'pax', type: 'g', size: 10 * gib })),
      'extended header of',
    ],
    [
      'a long name of 10 GB',
      tarGz(tarEntry({ path: 'long', type: 'L', size: 10 * gib })),
      'extended header of',
    ],
    [
      'malformed PAX records',
      tarGz(tarEntry({ path: 'pax', type: 'x', body: '99 path=x\n' }), file({})),
      'malformed',
    ],
    ['a PAX header before nothing', tarGz(paxHeader({ path: 'resources/x' })), 'resources/x'],
    ['invalid JSON', tarGz(good, file({ body: '{"kind":' })), /bad\.json.*not valid JSON/],
    ['an empty body', tarGz(file({ body: '' })), 'not valid JSON'],
    ['JSON that is not UTF-8', tarGz(file({ body: Buffer.from([0x22, 0xff, 0x22]) })), 'not UTF-8'],
    ['a list instead of an object', tarGz(file({ body: '[]' })), 'not a JSON object'],
    ['JSON nested 100,000 deep', tarGz(file({ body: '['.repeat(100_000) })), 'nests deeper'],
    [
      'an object without a kind',
      tarGz(file({ body: '{"apiVersion":"v1","metadata":{"name":"bad"}}' })),
      'no kind',
    ],
    [
      'an object of another group',
      tarGz(file({ body: configMapJson('shop', 'bad').replace('v1', 'x/v1') })),
      'group',
    ],
    ['an object of another name', tarGz(file({ body: configMapJson('shop', 'good') })), 'another name'],
    [
      'an object of another namespace',
      tarGz(file({ body: configMapJson('kube-system', 'bad') })),
      'another namespace',
    ],
    ['duplicate entries', tarGz(good, configMap('shop', 'other'), good), /good\.json.*twice/],
    [
      'a duplicate with ./ before it',
      tarGz(file({}), file({ path: './resources/configmaps/namespaces/shop/bad.json' })),
      'twice',
    ],
    [
      'a name with a percent sign',
      tarGz(file({ path: 'resources/configmaps/namespaces/shop/%2e%2e.json' })),
      'no Kubernetes object',
    ],
    [
      'a namespace that is none',
      tarGz(file({ path: 'resources/configmaps/namespaces/Shop/a.json' })),
      'no Kubernetes object',
    ],
    [
      'an object named ..',
      tarGz(file({ path: 'resources/configmaps/cluster/...json' })),
      'no Kubernetes object',
    ],
    [
      'another format',
      tarGz(tarEntry({ path: 'metadata/version', body: '2.0.0\n' }), good),
      'unknown format',
    ],
    [
      'entries behind the trailer',
      tarGz(good, trailer, configMap('shop', 'hidden')),
      'goes on after its end',
    ],
    [
      'a header with a wrong checksum',
      tarGz(good, damaged(configMap('shop', 'next'), 150)),
      /good\.json.*damaged header/,
    ],
    ['something else than a tar', gzipSync('x'.repeat(2000)), 'is not a tar archive'],
    [
      'something else than a gzip',
      Buffer.from('PK\u0003\u0004 this is a zip file'),
      'is not a readable gzip',
    ],
    ['nothing at all', Buffer.alloc(0), archiveKey],
    [
      'a tar cut in a body',
      gzipSync(Buffer.concat([good, configMap('shop', 'cut').subarray(0, 600)])),
      /cut\.json.*cut off/,
    ],
    [
      'a tar cut in a header',
      gzipSync(Buffer.concat([good, configMap('shop', 'cut').subarray(0, 300)])),
      'cut off',
    ],
    [
      'garbage behind the gzip',
      Buffer.concat([tarGz(good), Buffer.from('garbage behind it')]),
      'not a readable gzip',
    ],
    ['zeros behind the gzip', Buffer.concat([tarGz(good), Buffer.alloc(600)]), 'bytes behind its end'],
    [
      'a second, damaged gzip member',
      Buffer.concat([gzipSync(good), Buffer.from([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9])]),
      'gzip',
    ],
  ])('%s', async (_, archive, message) => {
    const error = await check(archive).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'LifeboatError', kind: 'corrupt', hint: expect.any(String) });
    const text = (error as Error).message;
    if (typeof message === 'string') expect(text).toContain(message);
    else expect(text).toMatch(message);
    expect(text).toContain(archiveKey);
    expect(text).not.toContain('\n');
    expect(readdirSync(temporaryDirectory)).toEqual([]);
  });

  it('cut anywhere in its gzip', async () => {
    const archive = tarGz(good, configMap('shop', 'other'));
    for (let length = 1; length < archive.length; length += 7) {
      await expect(check(archive.subarray(0, length))).rejects.toMatchObject({ kind: 'corrupt' });
    }
    // The last byte belongs to the length that gzip ends with.
    await expect(check(archive.subarray(0, -1))).rejects.toMatchObject({
      message: expect.stringContaining('cut off'),
    });
  });

  it('with one bit flipped anywhere', async () => {
    const archive = tarGz(good, configMap('shop', 'other'));
    const whole = await check(archive);
    for (let at = 0; at < archive.length; at += 3) {
      const flipped = Buffer.from(archive);
      flipped[at]! ^= 1 << (at % 8);
      // Bytes of gzip's own header (time, system, flags of no effect) mean nothing.
      const found = await check(flipped).catch((error: unknown) => error);
      if (found instanceof Error) expect(found).toMatchObject({ kind: 'corrupt' });
      else expect([at < 10, found]).toEqual([true, whole]);
    }
  });
});

describe('a bomb', () => {
  it('of one huge body is refused at its header, before it is unpacked', async () => {
    const zeros = gzipSync(Buffer.concat([file({ size: gib }), Buffer.alloc(8 << 20)]));
    await expect(check(zeros)).rejects.toThrow('at most 8388608 are accepted');
  });

  it('of many entries that pack a thousandfold is refused by its ratio', async () => {
    const body = Buffer.alloc(1 << 20, ' ');
    const entries = Array.from({ length: 40 }, (_, index) => tarEntry({ path: `padding/${index}`, body }));
    const archive = tarGz(...entries);
    await expect(check(archive, { ratioFromBytes: 16 << 20 })).rejects.toThrow('400 times its size');
    await expect(check(archive, { ratio: 2000 })).resolves.toEqual({ items: [], warnings: [] });
  });

  it('of more entries or bytes than the limits is refused', async () => {
    const archive = tarGz(...Array.from({ length: 20 }, (_, index) => configMap('shop', `c${index}`)));
    await expect(check(archive, { entries: 19 })).rejects.toThrow('more than 19 entries');
    await expect(check(archive, { entries: 20 })).resolves.toMatchObject({ warnings: [] });
    await expect(check(archive, { totalBytes: 9999 })).rejects.toThrow('more than 9999 bytes');
  });

  it('without a trailer is refused: it may have been cut between two entries', async () => {
    await expect(check(gzipSync(good))).rejects.toThrow('is cut off: it has no trailer');
  });

  it('of a trailer without end is refused', async () => {
    await expect(check(tarGz(good, Buffer.alloc(2 << 20)))).rejects.toThrow('endless trailer');
  });
});

describe('an unusual archive is read', () => {
  it('of several gzip members, cut anywhere between them', async () => {
    const tar = gunzipSync(tarGz(good, configMap('shop', 'other'), configMap('shop', 'third')));
    for (const at of [1, 511, 512, 700, 1024, 1500]) {
      const archive = Buffer.concat([gzipSync(tar.subarray(0, at)), gzipSync(tar.subarray(at))]);
      expect(await names(archive)).toEqual(['good', 'other', 'third']);
    }
  });

  it('with PAX and GNU long names, and ./ before each path', async () => {
    const name = `${'n'.repeat(240)}.x`;
    const path = `./resources/configmaps/namespaces/shop/${name}.json`;
    const body = configMapJson('shop', name);
    const pax = Buffer.concat([paxHeader({ mtime: '1.5', path }), tarEntry({ path: 'short', body })]);
    const long = tarEntry({ path: '././@LongLink', type: 'L', body: `${path}\0` });
    const gnu = Buffer.concat([long, tarEntry({ path: path.slice(0, 99), body, magic: 'ustar  \0' })]);
    expect(await names(tarGz(pax))).toEqual([name]);
    expect(await names(tarGz(gnu))).toEqual([name]);
  });

  it('with names that only RBAC and APIServices allow', async () => {
    const role = (name: string) =>
      tarEntry({
        path: `resources/clusterroles.rbac.authorization.k8s.io/cluster/${name}.json`,
        body: JSON.stringify({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name },
        }),
      });
    const found = await names(tarGz(role('system:node'), role('a b@c'), role('v1.'), role('größe')));
    expect(found).toEqual(['system:node', 'a b@c', 'v1.', 'größe']);
  });

  it('with directories, global headers, and files that are no objects', async () => {
    const archive = tarGz(
      tarEntry({ path: './', type: '5' }),
      tarEntry({ path: 'resources/', type: '5' }),
      tarEntry({ path: 'pax_global_header', type: 'g', body: '11 mtime=1\n' }),
      tarEntry({ path: 'metadata/version', body: '1.1.0\n' }),
      tarEntry({ path: 'metadata/ours/index.json', body: 'not JSON' }),
      tarEntry({ path: 'resources/configmaps/README', body: 'hello' }),
      tarEntry({
        path: 'resources/configmaps/v1-preferredversion/namespaces/shop/good.json',
        body: 'a copy',
      }),
      good,
    );
    const { items, warnings } = await check(archive);
    expect(items.map(({ name }) => name)).toEqual(['good']);
    expect(warnings).toEqual([
      `${archiveKey}: "resources/configmaps/README" is no object's path and was ignored`,
    ]);
  });

  it('without resources/ at all', async () => {
    expect(await check(tarGz(tarEntry({ path: 'metadata/version', body: '1.1.0\n' })))).toEqual({
      items: [],
      warnings: [],
    });
  });

  it('with a bounded number of warnings', async () => {
    const entries = Array.from({ length: 250 }, (_, index) => tarEntry({ path: `resources/${index}` }));
    const { warnings } = await check(tarGz(...entries));
    expect(warnings).toHaveLength(101);
    expect(warnings.at(-1)).toContain('150 more');
  });
});

function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}
