import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import type { ArchivableBatch } from '../../../../../shared/formats/vault/archive-types';
import { ArchiveWriter } from '../../../../../shared/formats/vault/archive/archive-writer';
import { batchesOf, type WholeItem } from './batches';

const start = new Date('2026-11-22T10:00:00Z');

async function drain(writer: ArchiveWriter): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of writer.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function write(items: readonly WholeItem[], options: { memberBytes?: number; parallel?: number } = {}) {
  const writer = new ArchiveWriter(batchesOf(items), { mtime: start, ...options });
  const bytes = await drain(writer);
  return { bytes, members: writer.members() };
}

interface Entry {
  name: string;
  body: Buffer;
  mode: number;
  type: string;
  mtime: number;
  uid: number;
}

/** Reads a tar with tar-stream, which nobody here wrote. */
async function read(tar: Buffer): Promise<Entry[]> {
  const entries: Entry[] = [];
  const unpack = extract();
  Readable.from([tar]).pipe(unpack);
  for await (const entry of unpack) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    const { name, mode, type, mtime, uid } = entry.header;
    entries.push({
      name,
      body: Buffer.concat(parts),
      mode: mode!,
      type: type!,
      mtime: mtime!.getTime(),
      uid: uid!,
    });
  }
  return entries;
}

function pod(
  name: string,
  body: string | Buffer = `{"kind":"Pod","metadata":{"name":"${name}"}}`,
): WholeItem {
  return { groupResource: 'pods', namespace: 'shop', name, version: 'v1', body: Buffer.from(body) };
}

const role: WholeItem = {
  groupResource: 'clusterroles.rbac.authorization.k8s.io',
  name: 'system:node',
  version: 'v1',
  body: Buffer.from('{"kind":"ClusterRole"}'),
};

describe('an archive', () => {
  it('begins with metadata/version and holds each object under both of its paths, mode 0755', async () => {
    const { bytes } = await write([pod('web'), role]);
    const entries = await read(gunzipSync(bytes));
    expect(entries.map(({ name }) => name)).toEqual([
      'metadata/version',
      'resources/pods/namespaces/shop/web.json',
      'resources/pods/v1-preferredversion/namespaces/shop/web.json',
      'resources/clusterroles.rbac.authorization.k8s.io/cluster/system:node.json',
      'resources/clusterroles.rbac.authorization.k8s.io/v1-preferredversion/cluster/system:node.json',
    ]);
    expect(entries[0]!.body.toString()).toBe('1.1.0\n');
    expect(entries[1]!.body.toString()).toBe('{"kind":"Pod","metadata":{"name":"web"}}');
    for (const entry of entries) {
      expect(entry).toMatchObject({ mode: 0o755, type: 'file', mtime: start.getTime(), uid: 0 });
    }
  });

  it('stores an extra version under its own directory only', async () => {
    const { bytes } = await write([{ ...pod('web'), version: 'v1beta1', preferred: false }]);
    const names = (await read(gunzipSync(bytes))).map(({ name }) => name);
    expect(names).toEqual(['metadata/version', 'resources/pods/v1beta1/namespaces/shop/web.json']);
  });

  it('unpacks with GNU tar, long and non-ASCII names too', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'archive-'));
    try {
      const names = ['web', 'n'.repeat(240), '价格-ñ', `a.${'b'.repeat(97)}`];
      const { bytes } = await write(names.map((name) => pod(name)));
      writeFileSync(path.join(folder, 'a.tar.gz'), bytes);
      execFileSync('gzip', ['-t', 'a.tar.gz'], { cwd: folder });
      execFileSync('tar', ['xzf', 'a.tar.gz', '--warning=all'], { cwd: folder, stdio: 'pipe' });
      for (const name of names) {
        const file = path.join(folder, 'resources/pods/v1-preferredversion/namespaces/shop', `${name}.json`);
        expect(readFileSync(file, 'utf8')).toBe(`{"kind":"Pod","metadata":{"name":"${name}"}}`);
        expect(statSync(file).mode & 0o111).toBe(0o111);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is the same bytes for the same objects, however many members are compressed at once', async () => {
    const items = Array.from({ length: 300 }, (_, i) =>
      pod(`web-${i}`, `{"n":${i},"x":"${'y'.repeat(i * 7)}"}`),
    );
    const one = await write(items, { memberBytes: 40_000, parallel: 1 });
    const three = await write(items, { memberBytes: 40_000, parallel: 3 });
    expect(three.bytes.equals(one.bytes)).toBe(true);
    expect(three.members).toEqual(one.members);
  });

  it('has one trailer, at the very end', async () => {
    const { bytes, members } = await write([pod('a'), role, pod('b')]);
    const tar = gunzipSync(bytes);
    expect(tar.subarray(-1024).equals(Buffer.alloc(1024))).toBe(true);
    const lengths = members.map(
      ({ offset, length }) => gunzipSync(bytes.subarray(offset, offset + length)).length,
    );
    // A member of one small object: two headers and two bodies of a block each.
    expect(lengths).toEqual([1024, 2048, 2048, 3072]);
  });

  it('refuses a name that would leave its directory', async () => {
    await expect(write([pod('../../etc/passwd')])).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(write([{ ...pod('x'), namespace: '..' }])).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('passes on what the source of objects throws, and then has no members', async () => {
    async function* broken(): AsyncGenerator<ArchivableBatch> {
      yield* batchesOf([pod('a')]);
      throw new Error('list broke');
    }
    const writer = new ArchiveWriter(broken(), { mtime: start });
    await expect(drain(writer)).rejects.toThrow('list broke');
    expect(() => writer.members()).toThrow('not been written');
  });

  it('does not pull objects ahead of a reader that has stopped', async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<ArchivableBatch> {
      for (;;) yield* batchesOf([pod(`p-${pulled++}`, Buffer.alloc(1000, 0x61))]);
    }
    const chunks = new ArchiveWriter(endless(), { mtime: start, memberBytes: 20_000 }).chunks();
    await chunks.next();
    await chunks.next();
    // Two members under way of about seven objects each, and the one that closed the last.
    expect(pulled).toBeLessThan(30);
    await chunks.return();
  });
});

describe('any archive', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,30}[a-z0-9])?$/),
    fc.integer({ min: 60, max: 253 }).map((length) => 'n'.repeat(length)),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => !/[/\0]|^\.\.?$/.test(text)),
  );
  const object = fc.record({
    groupResource: fc.constantFrom('pods', 'deployments.apps', `widgets.${'g'.repeat(120)}.example.com`),
    namespace: fc.option(fc.stringMatching(/^[a-z]{1,63}$/), { nil: undefined }),
    name,
    version: fc.constantFrom('v1', 'v1beta1'),
    body: fc
      .oneof(
        fc.uint8Array({ maxLength: 2000 }),
        fc.integer({ min: 0, max: 9000 }).map((size) => new Uint8Array(size)),
      )
      .map((bytes) => Buffer.from(bytes)),
  });

  it('gives back every object in order, and each member alone is whole tar blocks of one resource', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 12 }),
        fc.constantFrom(2048, 9000, 1 << 20),
        async (items, memberBytes) => {
          const { bytes, members } = await write(items, { memberBytes });

          const entries = await read(gunzipSync(bytes));
          const bodies = entries
            .slice(1)
            .map((entry) => ({ name: entry.name, body: entry.body.toString('hex') }));
          const expected = items.flatMap((item) => {
            const root = `resources/${item.groupResource}`;
            const file = item.namespace
              ? `namespaces/${item.namespace}/${item.name}.json`
              : `cluster/${item.name}.json`;
            const body = item.body.toString('hex');
            return [
              { name: `${root}/${file}`, body },
              { name: `${root}/${item.version}-preferredversion/${file}`, body },
            ];
          });
          expect(bodies).toEqual(expected);

          expect(members.reduce((sum, { length }) => sum + length, 0)).toBe(bytes.length);
          expect(members.reduce((sum, member) => sum + member.items, 0)).toBe(items.length);
          let end = 0;
          let counted = 0;
          for (const member of members) {
            expect(member.offset).toBe(end);
            end += member.length;
            counted += member.items;
            const tar = gunzipSync(bytes.subarray(member.offset, end));
            expect(tar.length % 512).toBe(0);
            const inside = await read(tar);
            const prefix =
              member.groupResource === undefined ? 'metadata/version' : `resources/${member.groupResource}/`;
            for (const entry of inside) expect(entry.name.startsWith(prefix)).toBe(true);
            expect(inside.length).toBe(member.groupResource === undefined ? 1 : member.items * 2);
          }
          expect(end).toBe(bytes.length);
          expect(counted).toBe(items.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no member that unpacks like a bomb, however alike its objects are', async () => {
    const body = Buffer.alloc(1_500_000, 'a');
    const items = Array.from({ length: 12 }, (_, at) => pod(`n-${at}`, body));
    const { bytes, members } = await write(items);
    const packed = members.map(({ offset, length }) => bytes.subarray(offset, offset + length));
    for (const member of packed) expect(gunzipSync(member).length / member.length).toBeLessThan(200);
    expect(gunzipSync(bytes).length).toBeGreaterThan(24 * body.length);
  });
});
