import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isKind } from '../../shared/platform/errors';
import { crc64 } from '../../shared/platform/oss/crc64';
import type { ListPage, ObjectStore } from '../../shared/platform/oss/port';
import { uploadStream } from '../../shared/platform/oss/upload-stream';

export interface OpenedStore {
  /** Empty, on a bucket that never kept versions. */
  store: ObjectStore;
  close(): Promise<void>;
}

/** What every ObjectStore does, whatever stands behind it. */
export function objectStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the ObjectStore contract over ${name}`, () => {
    let opened: OpenedStore;
    let store: ObjectStore;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(async () => {
      await opened?.close();
    });

    describe('put, head and get', () => {
      it('gives back the bytes, the metadata and the CRC-64 of what was put', async () => {
        const body = Buffer.from('123456789');
        await store.put('put/vector', body, { contentType: 'text/plain', meta: { attempt: '3' } });

        const { head, body: found } = await store.get('put/vector');

        expect(found).toEqual(body);
        expect(head).toMatchObject({
          key: 'put/vector',
          size: 9,
          crc64: '11051210869376104954',
          meta: { attempt: '3' },
        });
        expect(head.etag).toBe(`"${createHash('md5').update(body).digest('hex').toUpperCase()}"`);
        expect(await store.head('put/vector')).toMatchObject({ size: 9, etag: head.etag, crc64: head.crc64 });
      });

      it('tells its own time with every answer', async () => {
        const put = await store.put('put/time', Buffer.from('x'));
        const head = await store.head('put/time');

        expect(Math.abs(head!.date.getTime() - Date.now())).toBeLessThan(60_000);
        expect(head!.lastModified.getTime()).toBeLessThanOrEqual(head!.date.getTime());
        expect(Math.abs(put.date.getTime() - head!.date.getTime())).toBeLessThan(60_000);
      });

      it('keeps an object without a byte', async () => {
        await store.put('put/empty', Buffer.alloc(0));

        const { head, body } = await store.get('put/empty');

        expect(body).toHaveLength(0);
        expect(head.size).toBe(0);
        expect(await collect(store.read('put/empty'))).toHaveLength(0);
      });

      it('replaces an object that is there', async () => {
        await store.put('put/twice', Buffer.from('first'));
        await store.put('put/twice', Buffer.from('second'));

        expect((await store.get('put/twice')).body.toString()).toBe('second');
      });

      it.each(['put/with space', 'put/a+b&c=d?e#f%20', 'put/ümläut/备份', 'put/quote\'"<&>'])(
        'keeps the key %j as it is',
        async (key) => {
          await store.put(key, Buffer.from(key));

          expect((await store.get(key)).body.toString()).toBe(key);
          expect(await keys(store, 'put/')).toContain(key);
          await store.delete([key]);
          expect(await store.head(key)).toBeUndefined();
        },
      );

      it('has no head of what is not there', async () => {
        expect(await store.head('put/nothing')).toBeUndefined();
      });

      it('throws not-found, naming the key, for what is not there', async () => {
        const error = await failure(store.get('put/nothing'));

        expect(isKind(error, 'not-found')).toBe(true);
        expect(String(error)).toContain('put/nothing');
        expect(isKind(await failure(collect(store.read('put/nothing'))), 'not-found')).toBe(true);
      });

      it('refuses to read more than it was allowed to', async () => {
        await store.put('put/long', Buffer.alloc(1001));

        expect(isKind(await failure(store.get('put/long', { maxBytes: 1000 })), 'corrupt')).toBe(true);
      });

      it('refuses metadata that is not ASCII, and keys that OSS does not take', async () => {
        const meta = { owner: 'Jörg' };
        expect(isKind(await failure(store.put('put/meta', Buffer.alloc(1), { meta })), 'invalid')).toBe(true);
        expect(isKind(await failure(store.head(`put/${'x'.repeat(1024)}`)), 'invalid')).toBe(true);
      });
    });

    describe('ranges', () => {
      const body = randomBytes(300_000);
      beforeAll(async () => {
        await store.put('range/body', body);
      });

      it.each([
        [0, 1],
        [0, 300_000],
        [17, 4711],
        [299_999, 300_000],
        [299_000, 400_000],
      ])('reads the bytes from %d up to %d', async (start, end) => {
        const { head, body: part } = await store.get('range/body', { range: [start, end] });

        expect(part.equals(body.subarray(start, end))).toBe(true);
        expect(head.size).toBe(300_000);
        expect((await collect(store.read('range/body', { start, end }))).equals(part)).toBe(true);
      });

      it('reads from a byte to the end', async () => {
        const rest = await collect(store.read('range/body', { start: 1234 }));

        expect(rest.equals(body.subarray(1234))).toBe(true);
      });

      it('refuses a range that begins behind the end, instead of reading it all', async () => {
        const error = await failure(store.get('range/body', { range: [300_000, 300_001] }));

        expect(isKind(error, 'invalid')).toBe(true);
      });

      it('reads only the version that was asked for', async () => {
        const { etag } = (await store.head('range/body'))!;

        expect((await store.get('range/body', { ifMatch: etag, range: [0, 3] })).body).toHaveLength(3);
        expect(isKind(await failure(store.get('range/body', { ifMatch: '"0123"' })), 'conflict')).toBe(true);
      });
    });

    describe('create', () => {
      it('creates once, and leaves what is there alone', async () => {
        const first = await store.create('create/once', Buffer.from('first'));
        const second = await store.create('create/once', Buffer.from('second'));

        expect(first.created).toBe(true);
        expect(second.created).toBe(false);
        expect((await store.get('create/once')).body.toString()).toBe('first');
      });

      it('says that somebody else was first even when the bytes are the same', async () => {
        await store.create('create/same', Buffer.from('same'));

        expect((await store.create('create/same', Buffer.from('same'))).created).toBe(false);
      });

      it('lets exactly one of many win', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 12 }, (_, n) => store.create('create/race', Buffer.from(`racer ${n}`))),
        );

        const winners = outcomes.flatMap(({ created }, n) => (created ? [n] : []));
        expect(winners).toHaveLength(1);
        expect((await store.get('create/race')).body.toString()).toBe(`racer ${winners[0]}`);
      });

      it('tells the time of OSS, whoever won', async () => {
        const outcomes = [
          await store.create('create/time', Buffer.from('1')),
          await store.create('create/time', Buffer.from('2')),
        ];
        for (const { date } of outcomes) {
          expect(Math.abs(date.getTime() - Date.now())).toBeLessThan(60_000);
        }
      });

      it('leaves what is there alone without being exclusive, too', async () => {
        const body = Buffer.from('side file');

        expect((await store.create('create/side', body, { exclusive: false })).created).toBe(true);
        expect((await store.create('create/side', body, { exclusive: false })).created).toBe(false);
      });
    });

    describe('list', () => {
      beforeAll(async () => {
        for (const key of ['b/2', 'b/10', 'a/1', 'B/1', 'b/x/y', 'c', 'ä']) {
          await store.put(`list/${key}`, Buffer.from(key));
        }
      });

      it('lists in byte order', async () => {
        expect(await keys(store, 'list/')).toEqual(
          ['B/1', 'a/1', 'b/10', 'b/2', 'b/x/y', 'c', 'ä'].map((key) => `list/${key}`),
        );
      });

      it.each([1, 2, 3, 1000])('lists everything in pages of %d', async (pageSize) => {
        const found = await pages(store, 'list/', { pageSize });

        expect(found.flatMap((page) => page.objects.map(({ key }) => key))).toEqual(
          await keys(store, 'list/'),
        );
        for (const page of found) expect(page.objects.length).toBeLessThanOrEqual(pageSize);
      });

      it.each([1, 2, 1000])('lists a folder with a delimiter in pages of %d', async (pageSize) => {
        const found = await pages(store, 'list/', { delimiter: '/', pageSize });

        expect(found.flatMap((page) => page.objects.map(({ key }) => key))).toEqual(['list/c', 'list/ä']);
        expect(found.flatMap((page) => page.prefixes)).toEqual(['list/B/', 'list/a/', 'list/b/']);
      });

      it('lists what comes after a key', async () => {
        expect(await keys(store, 'list/', { after: 'list/b/2' })).toEqual(['list/b/x/y', 'list/c', 'list/ä']);
      });

      it('tells size, ETag and age', async () => {
        const [page] = await pages(store, 'list/c');

        const head = (await store.head('list/c'))!;
        expect(page!.objects).toEqual([
          { key: 'list/c', size: 1, etag: head.etag, lastModified: expect.any(Date) },
        ]);
        const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
        expect(seconds(page!.objects[0]!.lastModified)).toBe(seconds(head.lastModified));
        expect(Math.abs(page!.date.getTime() - Date.now())).toBeLessThan(60_000);
      });

      it('lists nothing where there is nothing', async () => {
        expect(await keys(store, 'list/nowhere/')).toEqual([]);
      });
    });

    describe('delete', () => {
      it('deletes many keys at once, and those only', async () => {
        const doomed = Array.from({ length: 30 }, (_, n) => `delete/many/${n}`);
        for (const key of [...doomed, 'delete/many/kept']) await store.put(key, Buffer.from(key));

        await store.delete(doomed);

        expect(await keys(store, 'delete/many/')).toEqual(['delete/many/kept']);
      });

      it('does not mind keys that are not there, nor none at all', async () => {
        await store.delete(['delete/absent', 'delete/absent', 'delete/absent too']);
        await store.delete([]);

        expect(await keys(store, 'delete/absent')).toEqual([]);
      });
    });

    describe('uploads in parts', () => {
      const body = randomBytes(250 * 1024);
      const expected = { size: body.length, crc64: crc64(body) };

      it('makes one object of the parts, whatever their order', async () => {
        const upload = await store.startUpload('upload/parts', { meta: { run: 'r-1' } });
        const second = await upload.part(2, body.subarray(100 * 1024));
        const first = await upload.part(1, body.subarray(0, 100 * 1024));
        expect(await store.head('upload/parts')).toBeUndefined();

        const head = await upload.complete([second, first], expected);

        expect(head).toMatchObject({ key: 'upload/parts', ...expected, meta: { run: 'r-1' } });
        expect((await store.get('upload/parts')).body.equals(body)).toBe(true);
      });

      it('lets another process go on with an upload', async () => {
        const started = await store.startUpload('upload/resumed');
        const part = await started.part(1, body);

        await store.resumeUpload('upload/resumed', started.id).complete([part], expected);

        expect((await store.head('upload/resumed'))!.crc64).toBe(expected.crc64);
      });

      it('tells another process which parts have arrived, until it is completed or gone', async () => {
        const started = await store.startUpload('upload/listed');
        const resumed = store.resumeUpload('upload/listed', started.id);
        expect(await resumed.parts()).toEqual(new Map());
        const first = await started.part(1, body.subarray(0, 100 * 1024));
        expect(await resumed.parts()).toEqual(new Map([[1, { etag: first.etag, size: 100 * 1024 }]]));
        const second = await started.part(2, body.subarray(100 * 1024));
        const received = await resumed.parts();
        expect([...received.keys()]).toEqual([1, 2]);
        expect(received.get(2)).toEqual({ etag: second.etag, size: body.length - 100 * 1024 });

        await resumed.complete(
          [...received].map(([number, { etag }]) => ({ number, etag })),
          expected,
        );
        expect(isKind(await failure(resumed.parts()), 'not-found')).toBe(true);
      });

      it('completes a second time without harm', async () => {
        const upload = await store.startUpload('upload/again');
        const parts = [await upload.part(1, body)];
        const first = await upload.complete(parts, expected, { createOnly: true });

        const second = await upload.complete(parts, expected, { createOnly: true });

        expect(second.etag).toBe(first.etag);
        expect((await upload.complete(parts, expected)).etag).toBe(first.etag);
      });

      it('does not complete over an object of other bytes when it shall create', async () => {
        await store.put('upload/taken', Buffer.from('other'));
        const upload = await store.startUpload('upload/taken');
        const parts = [await upload.part(1, body)];

        const error = await failure(upload.complete(parts, expected, { createOnly: true }));

        expect(isKind(error, 'conflict')).toBe(true);
        expect((await store.get('upload/taken')).body.toString()).toBe('other');
        await upload.abort();
      });

      it('shows unfinished uploads under a prefix, until they are aborted', async () => {
        const one = await store.startUpload('pending/a b');
        const two = await store.startUpload('pending/b');

        const pending = await collectAll(store.uploads('pending/'));
        expect(pending.map(({ key, id }) => ({ key, id }))).toEqual([
          { key: 'pending/a b', id: one.id },
          { key: 'pending/b', id: two.id },
        ]);
        expect(Math.abs(pending[0]!.initiated.getTime() - Date.now())).toBeLessThan(60_000);

        await one.abort();
        await two.abort();
        await two.abort();
        expect(await collectAll(store.uploads('pending/'))).toEqual([]);
      });

      it('cannot complete what was aborted', async () => {
        const upload = await store.startUpload('upload/aborted');
        const parts = [await upload.part(1, body)];
        await upload.abort();

        expect(isKind(await failure(upload.complete(parts, expected)), 'not-found')).toBe(true);
      });

      it.each([0, 1, 100 * 1024, 777_777])('uploads a stream of %d bytes', async (size) => {
        const content = randomBytes(size);
        const key = `upload/stream-${size}`;

        const uploaded = await uploadStream(store, key, slices(content, 10_007), { partSize: 200 * 1024 });
        expect(uploaded.sha256).toBe(createHash('sha256').update(content).digest('hex'));
        expect(uploaded.size).toBe(size);
        await uploaded.upload.complete(uploaded.parts, uploaded, { createOnly: true });

        expect((await collect(store.read(key))).equals(content)).toBe(true);
      });
    });

    describe('prefixes', () => {
      it('keeps what is below a prefix out of sight of its neighbours', async () => {
        const inner = store.at('at/inner');
        await inner.put('key', Buffer.from('inner'));
        await store.put('at/innermost', Buffer.from('not below'));

        expect(await keys(inner, '')).toEqual(['key']);
        expect((await store.get('at/inner/key')).body.toString()).toBe('inner');
        expect(inner.prefix).toBe(`${store.prefix}at/inner/`);
        expect(inner.name).toBe(`oss://${store.bucket}/${store.prefix}at/inner/`);
      });
    });
  });
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await collectAll(stream));
}

async function collectAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function pages(
  store: ObjectStore,
  prefix: string,
  options?: Parameters<ObjectStore['list']>[1],
): Promise<ListPage[]> {
  return collectAll(store.list(prefix, options));
}

async function keys(
  store: ObjectStore,
  prefix: string,
  options?: Parameters<ObjectStore['list']>[1],
): Promise<string[]> {
  return (await pages(store, prefix, options)).flatMap((page) => page.objects.map(({ key }) => key));
}

async function* slices(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
